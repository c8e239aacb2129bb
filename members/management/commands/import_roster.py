"""manage.py import_roster FILE --community NAME --by USER: hand in a roster from the command line."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from members import roster
from office.areas.models import Community
from office.imports import batches, holding
from office.imports.models import Action
from office.sheets.guard import check_upload
from office.sheets.problems import SheetProblem


class Command(BaseCommand):
    help = "导入一个社区的党员名册（.xlsx）：先核对，有一行不对就一行也不保存。"

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
                batch = roster.hand_in(opened.read(), path.name, community=place, by=user, at_once=True)
        except OSError as problem:
            raise CommandError(f"打不开文件 {file}：{problem.strerror}") from problem
        except SheetProblem as problem:
            raise CommandError(str(problem)) from problem
        except PermissionDenied as problem:
            raise CommandError(f"{user.name}（{user.username}）不能导入{place.name}的名册。") from problem
        self._stop_at_faults(batch, user)
        if not batch.to_save:
            batches.discard(batch, by=user)
            self.stdout.write("没有变化。")
            return
        self._save(batch, user)

    def _stop_at_faults(self, batch, user):
        """Tell everything that stands in the way; questions are answered on the page, where the file now waits."""
        for notice in batch.notices:
            self.stdout.write(f"请注意：{notice}")
        if batch.refusal:
            raise CommandError(batch.refusal)
        if not batch.held_back:
            return
        for shown in batch.lines.filter(action=Action.FAULTY).order_by("row").values_list("shown", flat=True):
            for _, message, address, title in shown["faults"]:
                self.stderr.write(f"{address} {title}：{message}")
        for question in batch.questions.filter(answer="").order_by("row"):
            self.stderr.write(f"第 {question.row} 行（共 {question.rows} 行）：{question.text}")
        if batch.asking:
            raise CommandError(
                f"{batch.faulty} 行有错，{batch.asking} 行要回答，一行也没有保存。请到“导入名册”页面上回答。"
            )
        batches.discard(batch, by=user)
        raise CommandError(f"{batch.faulty} 行有错，一行也没有保存。")

    def _save(self, batch, user):
        self.stdout.write(f"核对完，共 {batch.rows} 行，正在保存 …")
        try:
            batches.apply(batch, by=user, at_once=True)
        except (holding.NotNow, batches.Changed) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"新增 {batch.new} 人，更新 {batch.changed} 人，未变 {batch.unchanged} 人。")

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
