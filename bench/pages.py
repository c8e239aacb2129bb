"""The pages that are measured, as their commonest reader opens them."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from bench.visits import Visitor
from branches.models import Branch

NEXT = re.compile(rb'href="([^"]+)" rel="next"')


@dataclass(frozen=True)
class Page:
    """`kind` (list or composite) sets the bar of queries; `admin` is the address of the same rows in Django's admin."""

    name: str
    label: str
    kind: str
    visitor: Visitor
    path: str
    admin: str = ""

    @property
    def reference(self):
        return f"/reference{self.path}"


def pages():
    """The five pages of the focus town in the database in use."""
    town, community = Visitor("town01"), Visitor("sec01")
    home = next(iter(community.user.reach.communities))
    branch = Branch.objects.filter(community=home, kind="joint").earliest("pk").pk
    second, name, title = _second_page(community), quote("王"), quote("电梯")
    narrowed = "relation__exact=direct&stage__exact=full"
    return [
        Page("members", "党员名单，两个条件，第2页", "list", community, second, f"members/member/?{narrowed}&p=2"),
        Page("find", "查找姓名", "list", town, f"/find/?q={name}", f"members/person/?q={name}"),
        Page("branch", "一个支部", "composite", community, f"/branches/{branch}/", f"areas/body/{branch}/change/"),
        Page("home", "镇的待办", "composite", town, "/"),
        Page("meetings", "按议题查会议", "list", town, f"/meetings/?q={title}", f"meetings/meeting/?q={title}"),
    ]


def _second_page(visitor):
    first = visitor.get("/people/?relation=direct&stage=full")
    return "/people/" + NEXT.search(first)[1].decode().replace("&amp;", "&")
