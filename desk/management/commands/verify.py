"""manage.py verify: compare every copy with its truth; exit 1 when anything differs."""

import sys

from django.core.management.base import BaseCommand

from desk.verify import problems


class Command(BaseCommand):
    help = "核对归属列、今日值、可见范围、材料文件和操作记录链；有问题时逐条列出并以 1 退出。"

    def handle(self, *args, **options):
        found = list(problems())
        for problem in found:
            self.stderr.write(problem)
        if found:
            sys.exit(1)
        self.stdout.write("核对完毕，没有发现问题。")
