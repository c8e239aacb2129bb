"""A town lays its own value over a rule from a day on; the day of the event decides which value counts (R-002)."""

from datetime import date

import pytest

from office.audit.models import Trail
from office.rulebook import towns
from office.rulebook.models import TownRule
from office.rulebook.towns import Stale, set_rule, town_rule

KEY = "neighbour_distance"


def value(town, day):
    return town_rule(town.pk, KEY, day).value


def test_what_happened_before_the_day_keeps_the_old_value(place):
    town, by = place.town["西塘镇"], place.user["镇党建办"]
    set_rule(town, KEY, 500, "镇党委会2026年1月议定", date(2026, 1, 1), by=by)
    set_rule(town, KEY, 300, "镇党委会2026年6月议定", date(2026, 6, 1), by=by)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [value(town, day) for day in days] == [800, 500, 500, 300]
    assert value(place.town["东港镇"], date(2026, 6, 1)) == 800
    assert town_rule(town.pk, KEY, date(2026, 6, 1)).cite == "本镇设定（镇党委会2026年6月议定）"
    assert [one.value for one in towns.town_settings(town.pk)[KEY]] == [500, 300]
    assert towns.town_settings(place.town["东港镇"].pk)[KEY] == []


def test_the_same_day_again_corrects_and_the_trail_keeps_both(place):
    town, by = place.town["西塘镇"], place.user["镇党建办"]
    for number in (50, 500):
        set_rule(town, KEY, number, "镇党委会议定", date(2026, 1, 1), by=by)
    assert [(one.value, one.set_by) for one in TownRule.objects.all()] == [(500, by)]
    first, second = Trail.objects.order_by("id")
    assert (first.verb, first.object_label, first.town) == ("rulebook.overridden", "西塘镇", town.pk)
    assert first.changes["取值"] == ["不超过800米", "不超过50米"]
    assert second.changes["取值"] == ["不超过50米", "不超过500米"]
    assert second.changes["依据"] == ["镇党委会议定", "镇党委会议定"]
    assert "直线距离" in second.changes["标准"][1]


@pytest.mark.parametrize(
    ("key", "raw", "basis", "day", "words"),
    [
        ("branch_min_full_members", 2, "镇党委会议定", date(2026, 1, 1), "这条是统一规定，镇里不能改"),
        ("owners_special_majority", "1/2", "镇党委会议定", date(2026, 1, 1), "这条是统一规定，镇里不能改"),
        (KEY, 500, "  ", date(2026, 1, 1), "请写明依据"),
        (KEY, "很近", "镇党委会议定", date(2026, 1, 1), "请填整数，单位是米"),
        (KEY, 0, "镇党委会议定", date(2026, 1, 1), "请填1到9999的整数"),
        (KEY, True, "镇党委会议定", date(2026, 1, 1), "请填整数"),
        ("audit_log_default_months", 1, "镇党委会议定", date(2026, 1, 1), "不能这样设"),
        ("service_dismissal_notice_days", 1, "镇党委会议定", date(2019, 1, 1), "还没有规定"),
        ("no_such_rule", 1, "镇党委会议定", date(2026, 1, 1), "没有“no_such_rule”这条规则"),
    ],
)
def test_what_a_town_may_not_set_is_refused_in_words(place, key, raw, basis, day, words):
    with pytest.raises(ValueError, match=words):
        set_rule(place.town["西塘镇"], key, raw, basis, day, by=place.user["镇党建办"])
    assert not TownRule.objects.exists()
    assert not Trail.objects.exists()


def test_whoever_sets_second_is_told(place):
    town, by = place.town["西塘镇"], place.user["镇党建办"]
    opened = towns.seen(town.pk, KEY)
    set_rule(town, KEY, 500, "镇党委会议定", date(2026, 1, 1), seen_before=opened, by=by)
    with pytest.raises(Stale, match="刚才有人设过这一条"):
        set_rule(town, KEY, 300, "镇党委会议定", date(2026, 1, 1), seen_before=opened, by=by)
    assert value(town, date(2026, 1, 1)) == 500
