"""Print the demo accounts, one line per role and place."""

import unicodedata

from django.core.management.base import BaseCommand

from accounts.models import Assignment, User
from accounts.roles import Role
from desk.demo.staff import PASSWORD


class Command(BaseCommand):
    help = "列出试用账号"

    def handle(self, **options):
        users = [user for user in User.objects.filter(is_demo=True) if user.has_usable_password()]
        if not users:
            self.stdout.write("还没有试用账号，先运行 load_demo。")
            return
        order = list(Role)
        lines = []
        for user in users:
            roles = {}
            for assignment in user.current_assignments:
                roles.setdefault(assignment.role, []).append(_scope(assignment))
            for role, scopes in roles.items():
                lines.append((order.index(role), user.username, user.name, Role(role).label, "、".join(scopes)))
        self.stdout.write(f"试用账号（口令都是 {PASSWORD}）")
        for _, username, name, role, scope in sorted(lines):
            self.stdout.write(f"  {username:<10}{_padded(name, 10)}{_padded(role, 18)}{scope}")


def _scope(assignment: Assignment):
    if assignment.role in (Role.GUIDANCE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER):
        return assignment.community.name
    home = assignment.body or assignment.compound
    return home.town.name if home.pk and assignment.community_id is None else str(home)


def _padded(text, width):
    """Chinese characters take two columns of a terminal."""
    taken = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(width - taken, 1)
