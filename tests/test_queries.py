"""What pages cost: the number of queries does not move with the rows, and stays inside its bar (architecture §6)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.duplicates import tell_apart
from members.models import Person, Post
from tests.branches import case_cast, election_cast, territory_cast
from tests.documents import cast as documents_cast

# 登录本身的查询另算：会话、账号、职责、支部书记所覆盖的小区。
SIGN_IN = re.compile(r'^SELECT.*?FROM "(django_session|accounts_user|accounts_assignment)"', re.S)
LISTS = {
    "compounds": "镇党建办",
    "branches": "镇党建办",
    "leadership": "镇党建办",
    "pool": "社区书记",
    "cases": "镇党建办",
    "patches": "镇党建办",
    "cells": "镇党建办",
    "guidance": "镇党建办",
    "funding": "社区书记",
    "members": "社区书记",
    "person_pairs": "镇党建办",
    "person_pairs_settled": "社区书记",
    "meetings": "社区书记",
    "meeting_decisions": "社区书记",
    "committees": "镇党建办",
    "reports": "镇党建办",
    "trail": "审计管理员",
    "member_transfers": "社区书记",
    "census_rounds": "镇党建办",
    "imports": "社区书记",
    "accounts": "系统管理员",
    "feedback": "镇党建办",
    "documents": "社区书记",
    "document_register": "镇党建办",
    "rules": "镇党建办",
    "venues": "镇党建办",
    "rooms": "镇党建办",
}
COMPOSED = {
    "coverage": ("镇党建办", "社区书记", "联系干部"),
    "compound_formation": ("镇党建办", "社区书记", "联系干部"),
    "home": ("镇党建办", "社区书记", "联系干部", "支部书记", "小区工作人员"),
    "compound": ("镇党建办", "社区书记", "支部书记", "小区工作人员"),
    "branch": ("镇党建办", "社区书记", "支部书记"),
    "branch_posts": ("社区书记", "支部书记"),
    "branch_groups": ("社区书记", "支部书记"),
    "venue": ("社区书记", "支部书记", "小区工作人员"),
    "case": ("镇党建办", "社区书记"),
    "cell": ("社区书记", "小区工作人员"),
    "committee": ("镇党建办", "支部书记"),
    "meeting": ("镇党建办", "支部书记"),
    "meeting_decision": ("社区书记", "支部书记"),
    "meeting_new": ("社区书记", "小区工作人员"),
    "meeting_change": ("社区书记",),
    "person": ("镇党建办", "支部书记"),
    "find": ("镇党建办", "支部书记"),
    "materials": ("镇党建办", "社区书记"),
    "document": ("社区书记", "社区工作者"),
    "election": ("镇党建办", "支部书记"),
    "branch_elections": ("社区书记",),
}


def cost(client, url):
    """Queries of the second reading of a page (the first one may set the session's clock)."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return [q["sql"] for q in queries if not SIGN_IN.match(q["sql"])]


def grow(place):
    """Twice the people, meetings, posts and seats, in the same branches and compounds."""
    for branch, compound in (("湖畔党支部", "湖畔"), ("公园党支部", "公园"), ("山水党支部", "山水")):
        for number in range(2):
            member = place.add_member(f"新人{'甲乙'[number]}{compound}", branch, compound, phone="13900139000")
            place.add_post(str(member), branch, Post.Title.COMMITTEE_MEMBER)
            place.add_meeting(f"新议题{number}{branch}", branch, days_ago=3 + number)
    double(place, "新人丙")
    double(place, "新人丁")
    for name in ("新委员甲", "新委员乙"):
        person = Person.objects.create(town=place.town["西塘镇"], name=name, political_status="party")
        Post.objects.create(person=person, body=place.body["湖畔业委会"], title=Post.Title.SEAT)
    for target in ("签发", "送审", "发来"):
        documents_cast.document(place, target)
    for number in "一二":
        territory_cast.patch(place, f"新片区{number}")
        territory_cast.cell(place, f"新网格{number}")
        territory_cast.visit(place, f"新意见{number}")
        territory_cast.fund(place, f"新用途{number}")


def double(place, name):
    """Three records of one name and telephone, two of them told apart: two pairs are left to look at."""
    one, other, _ = (place.add_member(name, "湖畔党支部", "湖畔", phone="13700001111").person for _ in range(3))
    tell_apart(one, other, by=place.user["社区书记"])


def address(place, name):
    objects = {
        **dict.fromkeys(("compound", "compound_formation"), lambda: [place.compound["湖畔"].pk]),
        "branch": lambda: [place.body["湖畔党支部"].pk],
        **dict.fromkeys(("branch_posts", "venue"), lambda: [place.body["湖畔党支部"].pk]),
        "branch_groups": lambda: [place.body["湖畔党支部"].pk],
        "cell": lambda: [territory_cast.cell(place).pk],
        "case": lambda: [case_cast.case(place, "已请示").pk],
        "election": lambda: [election_cast.election(place, "有结果").pk],
        "branch_elections": lambda: [election_cast.election(place, "有结果").branch_id],
        "committee": lambda: [place.body["湖畔业委会"].pk],
        "meeting": lambda: [place.meeting["电梯协商"].pk],
        "meeting_change": lambda: [place.meeting["电梯协商"].pk],
        "meeting_decision": lambda: [place.decision["电梯协商"].pk],
        "person": lambda: [place.member["田大利"].person_id],
        "reports": lambda: [place.today.year],
        "document": lambda: [documents_cast.document(place, "签发").pk],
    }
    url = reverse(name, args=objects[name]() if name in objects else [])
    return f"{url}?q=新" if name == "find" else url


@pytest.mark.parametrize(("name", "reader"), LISTS.items())
def test_a_list_costs_at_most_six_queries_whatever_its_length(place, as_user, name, reader):
    client = as_user(reader)
    double(place, "新人甲")
    for make in (territory_cast.patch, territory_cast.cell, territory_cast.visit, territory_cast.fund):
        make(place)
    before = cost(client, address(place, name))
    grow(place)
    after = cost(client, address(place, name))
    assert len(after) == len(before), "\n".join(after)
    assert len(after) <= 6, "\n".join(after)


@pytest.mark.any_database
@pytest.mark.parametrize(("name", "reader"), [(n, r) for n, readers in COMPOSED.items() for r in readers])
def test_a_composed_page_costs_at_most_thirty_queries_whatever_it_shows(place, as_user, name, reader):
    client = as_user(reader)
    double(place, "新人甲")
    for make in (territory_cast.patch, territory_cast.cell, territory_cast.visit, territory_cast.fund):
        make(place)
    before = cost(client, address(place, name))
    grow(place)
    after = cost(client, address(place, name))
    assert len(after) <= len(before) + (name == "find") * 2, "\n".join(after)
    assert len(after) <= 30, "\n".join(after)
