"""What every page shows around its content: the town's name, the menu, the text size, the demo switch."""

from functools import cache

from django.conf import settings
from django.urls import resolve, reverse

from accounts.roles import EVERYBODY_AT_WORK, STAFF, Role
from desk import demo

TEXT_SIZES = {"s": "标准", "l": "大", "xl": "特大"}

# 栏目：名称、网址名、同属这一栏的网址名前缀。次序与用词见 ux §10.2；能不能进由各页自己的 open_to 说了算。
STAFF_MENU = [
    ("待办", "home", ("home", "todos")),
    ("小区", "compounds", ("compound", "coverage", "patch", "cell", "guidance")),
    (
        "支部与党员",
        "branches",
        (
            "branch",
            "case",
            "member",
            "person",
            "roster",
            "import",
            "census",
            "leadership",
            "post",
            "body_post",
            "group",
            "pool",
            "candidate",
            "election",
            "funding",
            "venue",
            "room",
            "wall",
        ),
    ),
    ("会议与事项", "meetings", ("meeting",)),
    ("业委会与物业", "committees", ("committee",)),
    ("述职考核", "materials", ("material", "report", "build")),
    ("台账与公文", "ledgers", ("ledger", "document", "rule")),
]
ADMIN_MENU = [
    ("待办", "home", ("home",)),
    ("账号与职责", "accounts", ("account", "assignment")),
    ("操作记录", "trail", ("trail",)),
    ("帮助", "help", ("help",)),
]
BRANCH_MENU = [
    ("待办", "home", ("home", "report")),
    (
        "我的支部",
        "my_branch",
        ("branch", "my_branch", "member", "person", "meeting", "material", "group", "post", "election", "venue"),
    ),
    ("帮助", "help", ("help",)),
]
COMPOUND_MENU = [
    ("待办", "home", ("home",)),
    ("我的小区", "my_compound", ("compound", "my_compound", "meeting", "cell", "venue")),
    ("帮助", "help", ("help",)),
]


def _menu_of(user):
    if user.has_role(*STAFF):
        return STAFF_MENU
    if user.has_role(Role.BRANCH_SECRETARY):
        return BRANCH_MENU
    return COMPOUND_MENU if user.has_role(Role.COMPOUND_WORKER) else ADMIN_MENU


@cache
def _door(target):
    """(address, who may enter) of a page. The door itself says who, so the menu cannot disagree with it."""
    url = reverse(target)
    return url, resolve(url).func.open_to


def _opens(open_to, user):
    return open_to in ("public", "signed_in") or user.has_role(*open_to)


def opens(user, target):
    """Whether the user may enter the page `target`, which takes no arguments."""
    return _opens(_door(target)[1], user)


def menu(user, url_name):
    """The user's menu, with the entry of the current page marked."""
    entries = []
    for label, target, prefixes in _menu_of(user):
        url, open_to = _door(target)
        if _opens(open_to, user):
            entries.append({"label": label, "url": url, "current": (url_name or "").startswith(prefixes)})
    return entries


def page(request):
    """Context processor: everything layout/base.html reads beside the view's own context."""
    size = request.COOKIES.get("text_size", "s")
    context = {
        "text_size": size if size in TEXT_SIZES else "s",
        "site": {"name": "小区党建工作台", "demo": False},
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    match = request.resolver_match
    demo_mode = settings.APP_MODE == "local" and user.is_demo
    return context | {
        "site": {"name": f"{user.town.name}小区党建", "demo": demo_mode},
        "nav": menu(user, match.url_name if match else ""),
        "find_url": reverse("find") if user.has_role(*EVERYBODY_AT_WORK) else "",
        "office": user.office_line,
        "roomy": not user.has_role(*STAFF) and user.has_role(Role.BRANCH_SECRETARY, Role.COMPOUND_WORKER),
        "demo_accounts": demo.accounts() if demo_mode else [],
    }
