"""manage.py open_town 示范镇 --communities 城东社区,城南社区 --admin zhoumin --admin-name 周敏"""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.opening import open_town
from accounts.roles import Role


class Command(BaseCommand):
    help = "开通一个镇：镇党委、各社区的党委和居委会、管理员账号（一次性口令只在这里显示一次）。"

    def add_arguments(self, parser):
        parser.add_argument("name", help="镇的名称，例如 示范镇")
        parser.add_argument("--county", default="", help="所属县（市、区）")
        parser.add_argument("--communities", required=True, help="社区名称，用逗号隔开")
        parser.add_argument("--admin", required=True, help="系统管理员的账号名")
        parser.add_argument("--admin-name", required=True, help="系统管理员的姓名")
        parser.add_argument("--security", help="安全管理员的账号名；不给时由系统管理员兼任")
        parser.add_argument("--security-name", default="安全管理员", help="安全管理员的姓名")
        parser.add_argument("--auditor", help="审计管理员的账号名，必须另有其人")
        parser.add_argument("--auditor-name", default="审计管理员", help="审计管理员的姓名")

    def handle(self, *args, name, county, communities, **options):
        names = [part.strip() for part in communities.replace("，", ",").split(",") if part.strip()]
        try:
            opened = open_town(name.strip(), county=county, communities=names, administrators=_administrators(options))
        except ValidationError as refusal:
            raise CommandError("；".join(refusal.messages)) from refusal
        self.stdout.write(f"{name}已开通，社区 {len(names)} 个。下面的一次性口令只显示这一次，第一次登录要改：")
        for user, password in opened:
            self.stdout.write(f"  {user.name}（{user.office_line}）　账号 {user.username}　口令 {password}")
        if not options["auditor"]:
            self.stdout.write("还没有审计管理员：请尽快另请一人担任，操作记录只有他能看。")


def _administrators(options):
    """(username, name, roles) of each; 审计 is never the same person (三员分立)."""
    if options["security"]:
        people = [
            (options["admin"], options["admin_name"], [Role.SYSTEM_ADMIN]),
            (options["security"], options["security_name"], [Role.SECURITY_ADMIN]),
        ]
    else:
        people = [(options["admin"], options["admin_name"], [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])]
    if options["auditor"]:
        people.append((options["auditor"], options["auditor_name"], [Role.AUDITOR]))
    return people
