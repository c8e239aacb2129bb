"""The whole permission system on one screen: every address × method × reader, on objects of 北社区／湖畔.

2 opens (200) · 3 done, goes on (302) · F seen but not theirs (403) · 4 not visible (404) · L sign in first.
A neighbour's column is the sibling's or foreign object: 公园 is the sibling compound, 南社区 the sibling community,
东港镇 the other town. An address without a row fails.
"""

from uuid import uuid4

import pytest
from django.urls import get_resolver, reverse

from accounts.models import Feedback
from tests.conftest import Critic
from tests.test_house import all_views

READERS = [
    "镇党建办",
    "镇领导",
    "指导组",
    "社区书记",
    "社区工作者",
    "联系干部",
    "支部书记",
    "小区工作人员",
    # 邻居：同一社区的公园、同一镇的南社区、另一个镇
    "邻支部联系干部",
    "邻支部书记",
    "邻小区工作人员",
    "邻社区书记",
    "邻社区指导组",
    "邻镇党建办",
    # 三员
    "系统管理员",
    "安全管理员",
    "审计管理员",
    "没有登录",
]
# 网址名、方法、对象         镇镇指社社联支小 邻邻邻邻邻邻 系安审 没
#                            办领导书工系书工 联书小社导镇 统全计 登
TABLE = """
home            GET  -       22222222 222222 222 L
help            GET  -       22222222 222222 222 L
compounds       GET  -       222222FF 2FF222 FFF L
compound        GET  湖畔    22222222 444444 FFF L
my_branch       GET  -       FFFFFF3F F3FFFF FFF L
my_compound     GET  -       FFFFFFF3 FF3FFF FFF L
find            GET  -       22222222 222222 FFF L
ledgers         GET  -       222222FF 2FF222 FFF L
branches        GET  -       222222FF 2FF222 FFF L
branch          GET  湖畔    2222222F 44F444 FFF L
committees      GET  -       222222FF 2FF222 FFF L
committee       GET  湖畔    2222222F 44F444 FFF L
meetings        GET  -       22222222 222222 FFF L
meeting         GET  湖畔    22222222 444444 FFF L
healthz         GET  -       22222222 222222 222 2
"""
SYMBOLS = {"2": 200, "3": 302, "F": 403, "4": 404}


def rows():
    for line in TABLE.strip().splitlines():
        name, method, target, *marks = line.split()
        yield name, method, target, "".join(marks)


def arguments(place, name, target):
    """The address's arguments for the object of 湖畔 the row speaks of."""
    if target == "-":
        return []
    accounts = ("account", "account_password", "account_state", "assignment_new")
    key = "account" if name in accounts else "duty" if name == "assignment_end" else name
    objects = {
        "account": [place.user["支部书记"].pk],
        "duty": [place.user["支部书记"].assignments.get().pk],
        "feedback_answer": [_feedback(place).pk],
        "text_size": ["l"],
        "roster_errors": ["0" * 32],
        "person": [place.member["田大利"].person_id],
        "person_reveal": [place.member["田大利"].person_id],
        "compound": [place.compound["湖畔"].pk],
        "branch": [place.body["湖畔党支部"].pk],
        "committee": [place.body["湖畔业委会"].pk],
        "meeting": [place.meeting["电梯协商"].pk],
    }
    return objects[key]


def _feedback(place):
    user = place.user["支部书记"]
    return Feedback.objects.get_or_create(user=user, town=user.town, text="字再大些", defaults={"token": uuid4()})[0]


@pytest.mark.parametrize(("name", "method", "target", "marks"), rows(), ids=lambda value: value)
def test_each_reader_gets_the_answer_of_the_table(place, name, method, target, marks):
    assert len(marks) == len(READERS), "这一行的列数不对"
    url = reverse(name, args=arguments(place, name, target))
    answers = ""
    for reader in READERS:
        client = Critic()
        if reader != "没有登录":
            client.sign_in(place.user[reader])
        response = client.get(url) if method == "GET" else client.post(url)
        answers += symbol(response)
    assert answers == marks, f"\n读者 {READERS}\n应为 {marks}\n实为 {answers}"


def symbol(response):
    if response.status_code == 302 and response["Location"].startswith("/login/"):
        return "L"
    found = {status: mark for mark, status in SYMBOLS.items()}
    return found.get(response.status_code, f"<{response.status_code}>")


def test_every_address_has_a_row():
    listed = {name for name, *_ in rows()}
    assert {name for name, *_ in all_views(get_resolver().url_patterns)} - listed == set()
