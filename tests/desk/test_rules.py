"""标准与依据: every threshold in force with its source, the town's own value and since when (N-19)."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from desk import rule_pages
from office.rulebook import rules
from office.rulebook.models import TownRule
from office.rulebook.towns import seen, set_rule

KEY = "neighbour_distance"


def page(client, query=""):
    return client.get(f"{reverse('rules')}{query}").content.decode()


def test_every_rule_in_force_stands_in_one_part_with_its_source(place, as_user):
    client = as_user("审计管理员")
    whole = {part: page(client, f"?part={part}") for part, _ in rule_pages.PARTS}
    for key in dict.fromkeys(rule.key for rule in rules.all_rules()):
        where = [part for part, text in whole.items() if reverse("rule", args=[key]) in text]
        assert len(where) == 1, key
    text = whole["1"]
    for words in (
        "有正式党员3人以上的社区等基层单位，应当成立党支部；预备党员不计入。",
        "《中国共产党支部工作条例（试行）》第四条",
        "3人以上",
        "写明理由",
        "见于问答、手册或地方做法",
        "报到的在职党员组织关系仍在单位，不计入成立支部",  # 没有数字的规定
        "方案与法规不一致之处，按哪个办",
        "两个人数并列；按正式党员把关，只达到方案人数的提示并写明理由",
    ):
        assert words in text, words
    assert text.count("<tr>") > len(rules.load().conflicts)


def test_the_page_answers_for_the_day_asked(place, as_user):
    client = as_user("镇党建办")
    since = place.today - timedelta(days=10)
    set_rule(place.town["西塘镇"], KEY, 500, "镇党委会议定", since, by=place.user["镇党建办"])
    now = page(client, "?part=set")
    assert "不超过500米" in now
    assert "本镇另有设定的" in now
    assert f"从{since.year}年{since.month}月{since.day}日起" in now
    before = page(client, f"?part=set&on={since - timedelta(days=1)}")
    assert "不超过800米" in before
    assert "本镇另有设定的" not in before
    old, new = (page(client, f"?part=6&on={day}") for day in ("2020-12-31", "2021-01-01"))
    assert "民法典施行前" in old
    assert "民法典施行前" not in new
    for query, words in (("?on=昨天的昨天", "昨天的昨天"), ("?part=无", "请从列出的几篇里选")):
        assert words in page(client, query)
    # 别的镇看不到
    assert "不超过500米" not in page(as_user("邻镇党建办"), "?part=set")


def set_by_form(client, key, **typed):
    return client.post(reverse("rule", args=[key]), typed)


def test_the_town_sets_its_value_with_a_basis(place, as_user):
    client, town = as_user("镇党建办"), place.town["西塘镇"]
    text = client.get(reverse("rule", args=[KEY])).content.decode()
    assert "用在：联合方案" in text
    assert "本镇没有另外设定" in text
    typed = {"value": "５００米", "basis": "镇党委会2026年1月5日议定", "valid_from": "2026-01-05", "seen": ""}
    refused = set_by_form(client, KEY, **typed | {"basis": ""}).content.decode()
    assert "请填写依据" in refused
    assert 'value="５００米"' in refused
    for value, words in (("半里", "请填整数，单位是米"), ("0", "请填1到9999的整数"), ("", "请填写本镇的要求")):
        assert words in set_by_form(client, KEY, **typed | {"value": value}).content.decode()
    assert not TownRule.objects.exists()
    saved = set_by_form(client, KEY, **typed)
    assert saved["Location"] == reverse("rule", args=[KEY])
    setting = TownRule.objects.get()
    assert (setting.town, setting.value, setting.valid_from) == (town, 500, date(2026, 1, 5))
    text = client.get(reverse("rule", args=[KEY])).content.decode()
    assert "镇党委会2026年1月5日议定" in text
    assert f'value="{seen(town.pk, KEY)}"' in text
    # 开着旧页面的人
    late = set_by_form(client, KEY, **typed | {"value": "300"}).content.decode()
    assert "刚才有人设过这一条" in late
    assert 'value="300"' in late
    assert TownRule.objects.get().value == 500


def test_each_kind_of_value_is_typed_as_people_write_it(place, as_user):
    client = as_user("镇党建办")
    common = {"basis": "镇党委会议定", "valid_from": "2026-01-05", "seen": ""}
    for key, typed, kept in (
        ("owners_committee_party_share", "60%", "3/5"),
        ("branch_report_due", "12月15日", "12-15"),
        ("election_majority_base", "expected", "expected"),
        ("joint_meeting_every", "2", 2),
        ("branch_target", "34个", 34),
        ("branch_target_from", "2026年1月1日", "2026-01-01"),
        ("wall_display", "hidden", "hidden"),
        ("wall_items", "组织架构\n\n 岗位职责 ", ["组织架构", "岗位职责"]),
    ):
        shown = client.get(reverse("rule", args=[key])).content.decode()
        assert "设定本镇的要求" in shown, key
        answer = set_by_form(client, key, value=typed, **common)
        assert answer.status_code == 302, key
        assert TownRule.objects.get(key=key).value == kept
        assert client.get(reverse("rule", args=[key])).status_code == 200


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("branch_min_full_members", "这条是统一规定，镇里不另设"),
        ("election_quorum", "这条是统一规定，镇里不另设"),
        ("weekend_council_quorum", "这条还没有页面按本镇的要求算，先不开放设定"),
    ],
)
def test_what_the_town_may_not_set_says_why_and_stays_as_it_is(place, as_user, key, words):
    client = as_user("镇党建办")
    assert words in client.get(reverse("rule", args=[key])).content.decode()
    answer = set_by_form(client, key, value="1", basis="镇党委会议定", valid_from="2026-01-05", seen="")
    assert words in answer.content.decode()
    assert not TownRule.objects.exists()


def test_readers_see_no_form_and_a_strange_name_is_nowhere(place, as_user):
    reader = as_user("社区书记")
    assert "设定本镇的要求" not in reader.get(reverse("rule", args=[KEY])).content.decode()
    assert reader.get(reverse("rule", args=["no_such_rule"])).status_code == 404
    local = reader.get(reverse("rule", args=["preparatory_group_days"])).content.decode()
    assert "山东" in local
    assert "青岛" in local


def test_what_is_said_to_work_is_asked_for_somewhere():
    """A form that changes nothing would be a lie: each key offered is named by the code that uses it."""
    code = ""
    for path in Path(settings.BASE_DIR).rglob("*.py"):
        room = path.relative_to(settings.BASE_DIR).parts[0]
        if room in {"accounts", "assessments", "branches", "committees", "meetings", "members"}:
            code += path.read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z_]+)"', code))
    assert rule_pages.WORKS_IN.keys() <= named
    assert all(rules.history(key)[0].overridable for key in rule_pages.WORKS_IN)
