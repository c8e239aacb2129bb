"""成立条件: what the numbers allow, by the rulebook (R-101…R-107, R-114, R-121; golden cases T1, T2, T3, T17, T18)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches import formation
from branches.formation import Counts, check
from branches.models import Branch
from members.models import Member
from office.areas.models import Coverage
from office.areas.scope import Reach
from office.rulebook import rules
from office.rulebook.towns import set_rule

DAY = date(2026, 11, 23)
# 不碰数据库：规则本来的数。
BOOK = formation.Thresholds(**{name: rules.rule(key, DAY) for name, key in formation.KEYS.items()})
people = st.builds(
    lambda full, probationary, other: Counts(full + probationary, full, probationary, other),
    st.integers(0, 120),
    st.integers(0, 9),
    st.integers(0, 200),
)


def of(full, probationary=0, in_service=0):
    return Counts(full + probationary, full, probationary, in_service)


def keys(found):
    return {finding.key for finding in found.findings}


@pytest.mark.parametrize(
    ("full", "probationary", "form", "words", "warned"),
    [
        (0, 0, "none", "没有直管党员，先摸排；在职报到的46名不计入。", {"full"}),
        (2, 0, "joint", "正式党员2名，不足3名，建议与邻近小区成立联合党支部。", {"full"}),
        # T1
        (2, 2, "joint", "直管党员4名，达到方案的3名，但正式党员只有2名，不足3名，预备党员不计入，", {"seed"}),
        # T2
        (3, 0, "own", "正式党员3名，达到3名，应当成立党支部；直管党员3名，符合方案的条件。", {"no_committee"}),
        (6, 0, "own", "正式党员6名", {"no_committee"}),
        (7, 0, "own", "正式党员7名", {"committee"}),  # T3
        (50, 0, "own", "正式党员50名", {"committee"}),
        (49, 2, "own", "直管党员51名", {"members", "committee"}),  # T17：预备党员也是党员
        (100, 0, "own", "正式党员100名", {"members", "committee"}),
        (101, 0, "own", "正式党员101名", {"members", "party_committee", "committee"}),
    ],
)
def test_the_numbers_of_one_compound(full, probationary, form, words, warned):
    found = check(of(full, probationary, 46), BOOK)
    assert found.form == form
    assert words in found.conclusion
    assert keys(found) == warned
    assert found.committee == (full >= 7)
    assert "镇党委会研究决定，一般1个月以内批复（支部工作条例第六条）" in found.next
    assert found.needs_reason == bool(warned & {"full", "seed", "members"})


def test_each_conclusion_names_its_article():
    assert check(of(3), BOOK).cite == "支部工作条例第四条；方案三、1"
    assert check(of(2), BOOK).cite == "支部工作条例第五条；方案三、1"
    assert "第二十五条" in check(of(0), BOOK).cite


def test_what_would_change_the_answer():
    ends = [date(2027, 3, 1), date(2027, 3, 1), date(2027, 7, 1)]
    assert check(of(1, 3), BOOK, upcoming=ends).changes == (
        "再有2名正式党员，即可单独成立",
        "2027年3月1日有2名预备党员预备期满，转正后正式党员3名",
        "2027年7月1日有1名预备党员预备期满，转正后正式党员4名",
    )
    assert "正式党员少于3名时，不再符合条件（支部工作条例第七条）" in check(of(5), BOOK).changes


def test_several_compounds_together():
    joint = check(of(2) + of(17), BOOK, units=2, kind="joint")
    assert joint.conclusion == "合计正式党员19名、直管党员19名，可以成立联合党支部。"
    assert not joint.needs_reason
    assert not check(of(9), BOOK, units=5, kind="joint").needs_reason
    six = check(of(9), BOOK, units=6, kind="joint")  # T18
    assert six.needs_reason
    assert "覆盖6个小区，一般不超过5个，写明理由可以继续。" in six.findings[0].text
    across = check(of(9), BOOK, units=2, communities=2, kind="joint")
    assert across.refused
    assert not six.refused
    assert check(of(1) + of(1), BOOK, units=2, kind="joint").needs_reason


def test_impossible_numbers_are_refused_with_the_formula():
    with pytest.raises(ValueError, match="正式2＋预备1＝3，与直管4不符"):
        Counts(direct=4, full=2, probationary=1)
    with pytest.raises(ValueError, match="人数不能小于0"):
        Counts(direct=0, full=1, probationary=-1)


@given(people, people)
@settings(max_examples=60)
def test_totals_add_up_and_one_more_full_member_never_makes_it_worse(one, other):
    both = one + other
    assert both.direct == both.full + both.probationary == one.direct + other.direct
    assert both.in_service == one.in_service + other.in_service
    order = ["none", "joint", "own"]
    before, after = check(one, BOOK), check(one + of(1), BOOK)
    assert order.index(before.form) <= order.index(after.form)
    assert (before.form == "own") == (one.full >= 3)
    assert before.committee == (one.full >= 7)
    assert ("members" in keys(before)) == (one.direct > 50)


@given(people, st.integers(1, 8), st.integers(1, 3), st.sampled_from(["own", "joint"]))
@settings(max_examples=60)
def test_a_reason_is_asked_exactly_when_something_warns(counts, units, communities, kind):
    found = check(counts, BOOK, units=units, communities=communities, kind=kind)
    assert found.needs_reason == any(finding.level == "W" for finding in found.findings)
    assert ("units" in keys(found)) == (units > 5)
    assert found.refused == (communities > 1)
    assert all(finding.text and finding.cite for finding in found.findings)


def test_the_towns_own_number_counts_from_its_day_and_never_under_the_law(place):
    town, by = place.town["西塘镇"], place.user["镇党建办"]
    set_rule(town, "compound_min_direct_members", 5, "镇党委会2026年3月议定", date(2026, 3, 1), by=by)
    before, after = (formation.thresholds(town.pk, day) for day in (date(2026, 2, 28), date(2026, 3, 1)))
    assert (before.direct.value, after.direct.value) == (3, 5)
    found = check(of(4), after)
    assert found.form == "own"  # 正式党员3人以上应当成立，镇里另定的数不能抵消
    assert {"direct"} <= keys(found)
    assert found.needs_reason
    assert "不到本镇设定的5名" in found.conclusion


def test_people_are_counted_by_home_and_by_branch(place, django_assert_num_queries):
    place.add_member("预备甲", "湖畔党支部", "湖畔", stage="probationary")
    place.add_member("流入甲", "湖畔党支部", "湖畔", relation="floating_in")
    moved = place.add_member("停籍甲", "湖畔党支部", "湖畔")
    moved.status = Member.Status.SUSPENDED
    moved.save()
    lake, park = place.compound["湖畔"].pk, place.compound["公园"].pk
    with django_assert_num_queries(1):
        found = formation.counts_of_compounds([lake, park, 0])
    assert found[lake] == Counts(4, 3, 1, in_service=1, floating_in=1)
    assert (found[park], found[0]) == (of(2), formation.NOBODY)
    branch = place.body["湖畔党支部"].pk
    assert formation.counts_of_branches([branch])[branch] == found[lake]
    residents = Member.objects.filter(home_compound=lake)
    assert formation.structure(residents, place.today).direct == 4
    joined = residents.get(person__name="预备甲").joined_on
    assert formation.probations_ending(residents, BOOK, joined) == [date(joined.year + 1, 7, 1)]
    assert formation.probations_ending(residents, BOOK, place.today) == []


def test_a_branch_that_grows_too_small_is_told_until_it_grows_again(place, django_assert_num_queries):
    town = Reach(towns=frozenset([place.town["西塘镇"].pk]))
    names = [branch.name for branch in formation.lost(town, place.today)]
    assert names == ["公园党支部", "山水党支部"]
    third = place.add_member("何美", "公园党支部", "公园")
    with django_assert_num_queries(4):
        assert [branch.name for branch in formation.lost(town, place.today)] == ["山水党支部"]
    third.status = Member.Status.LEFT
    third.save()
    park = formation.lost(town, place.today)[0]
    assert [finding.text for finding in park.losing] == ["正式党员2名，不足3名。"]
    assert park.compounds == (place.compound["公园"].pk,)
    Branch.objects.filter(pk=park.id).update(state="dissolved")
    assert "公园党支部" not in [branch.name for branch in formation.lost(town, place.today)]


def test_which_findings_lose_a_branch_its_conditions():
    def losing(counts, **more):
        branch = formation.Standing(1, "甲党支部", 1, "城东社区", (1,), check(counts, BOOK, **more))
        return [finding.key for finding in branch.losing]

    assert losing(of(50)) == losing(of(3)) == losing(of(9), units=5, kind="joint") == []
    assert losing(of(51)) == ["members"]
    assert losing(of(2)) == ["full"]
    assert losing(of(2, 1)) == ["seed"]
    assert losing(of(9), units=6, kind="joint") == ["units"]


def test_a_joint_branch_may_cover_too_much(place):
    body, town = place.body["湖畔党支部"], Reach(towns=frozenset([place.town["西塘镇"].pk]))
    Branch.objects.filter(pk=body.pk).update(kind="joint")
    Coverage.objects.create(body=body, compound=place.compound["山水"], starts_on=place.today - timedelta(days=1))
    lake = next(branch for branch in formation.lost(town, place.today) if branch.id == body.pk)
    assert [finding.key for finding in lake.losing] == ["communities"]
