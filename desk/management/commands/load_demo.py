"""Load believable invented data: one town, or a county for trials of size."""

import json
import os
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from desk.demo.load import SCALES, SEED, load
from desk.demo.staff import Passwords


class Command(BaseCommand):
    help = "装入试用数据（全部是编的人和事）"

    def add_arguments(self, parser):
        parser.add_argument("--scale", choices=SCALES, default="town", help="town 一个镇；county 二十个镇")
        parser.add_argument("--seed", type=int, default=SEED, help="换一个数，换一套人名和会议")
        parser.add_argument("--as-of", type=date.fromisoformat, help="以哪一天为今天，如 2026-12-07")
        parser.add_argument("--accounts-file", help="账号用随机口令，写进这个文件（只有本人可读）")

    def handle(self, *, scale, seed, as_of, accounts_file, **options):
        if settings.PRODUCTION:
            raise CommandError("正式部署不能装入试用数据。")
        passwords = Passwords(demo=not accounts_file)
        try:
            load(scale, as_of or timezone.localdate(), seed, passwords, say=self.stdout.write)
        except ValueError as refused:
            raise CommandError(str(refused)) from refused
        if accounts_file:
            _keep(accounts_file, passwords.noted)


def _keep(path, accounts):
    """The accounts with their passwords, readable by the owner of the file only, also when the file was there before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(accounts, file, ensure_ascii=False, indent=1)
