"""manage.py import_roster FILE --community NAME --by USER: hand in a roster from the command line."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from members import roster
from office.areas.models import Community
from office.sheets.guard import check_upload
from office.sheets.problems import SheetProblem


class Command(BaseCommand):
    help = "导入一个社区的党员名册（.xlsx）：有一处不对就一处也不保存。"

    def add_arguments(self, parser):
        parser.add_argument("file", help="名册文件")
        parser.add_argument("--community", required=True, help="社区名称")
        parser.add_argument("--by", required=True, help="操作人的账号，要有导入这个社区名册的职责")
        parser.add_argument("--town", default="", help="镇的名称；几个镇有同名的社区时要写")

    def handle(self, *, file, community, by, town, **options):
        place, user, path = self._community(community, town), self._user(by), Path(file)
        self.stdout.write(f"正在核对 {path.name} …")
        try:
            with path.open("rb") as opened:
                check_upload(opened, name=path.name)
            read = roster.read(path, community=place, by=user)
        except OSError as problem:
            raise CommandError(f"打不开文件 {file}：{problem.strerror}") from problem
        except SheetProblem as problem:
            raise CommandError(str(problem)) from problem
        except PermissionDenied as problem:
            raise CommandError(f"{user.name}（{user.username}）不能导入{place.name}的名册。") from problem
        self._stop_at_faults(read)
        self.stdout.write(f"核对完，共 {read.rows} 人，正在保存 …")
        try:
            counts = roster.apply(read, by=user)
        except roster.RosterRefused as refused:
            raise CommandError(str(refused)) from refused
        if counts["record"] is None:
            self.stdout.write("没有变化。")
        else:
            self.stdout.write(f"新增 {counts['new']} 人，更新 {counts['changed']} 人，未变 {counts['unchanged']} 人。")

    def _stop_at_faults(self, read):
        for notice in read.notices:
            self.stdout.write(f"请注意：{notice}")
        faults = [f"{fault.address} {fault.title}：{fault.message}" for fault in read.errors]
        for line in [*read.refusals, *faults]:
            self.stderr.write(line)
        if not read.is_clean:
            raise CommandError(f"有 {len(read.refusals) + len(faults)} 处要改，一处也没有保存。")

    def _community(self, name, town):
        found = Community.objects.filter(name=name, **({"town__name": town} if town else {}))
        if len(found) == 1:
            return found[0]
        raise CommandError(f"有几个镇都有“{name}”，请用 --town 写明。" if found else f"没有“{name}”这个社区。")

    def _user(self, username):
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"没有“{username}”这个账号，或者已停用。")
        return user
