"""The numbers that decide something: exact at the boundary, right on the day, the town's own only where allowed."""

import re
import tomllib
from copy import deepcopy
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from office.rulebook import plan, rules
from office.rulebook.rules import NoSuchRule, RulebookError, candidates_needed, history, rule, with_override
from office.rulebook.values import read_value

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 12, 7)
DATA = tomllib.loads((ROOT / "office" / "rulebook" / "rules.toml").read_text(encoding="utf-8"))


def changed(key, **facts):
    """The file's data with the first row of `key` changed; a fact of None is taken out."""
    data = deepcopy(DATA)
    row = next(row for row in data["rule"] if row["key"] == key)
    for name, fact in facts.items():
        row.pop(name, None) if fact is None else row.update({name: fact})
    return data


# ---- at the boundary -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "part", "whole", "kept"),
    [
        ("owners_participation_share", 600_000, 900_000, True),  # exactly two thirds (T8)
        ("owners_participation_share", 599_999, 900_000, False),
        ("owners_participation_share", 66, 100, False),
        ("owners_special_majority", 4_500, 6_000, True),  # exactly three quarters (T10)
        ("owners_special_majority", 4_499, 6_000, False),
        ("owners_ordinary_majority", 3_000, 6_000, False),  # half is not 过半数 (T9)
        ("owners_ordinary_majority", 3_001, 6_000, True),
        ("election_quorum", 16, 20, True),  # exactly four fifths (T4)
        ("election_quorum", 15, 20, False),
        ("member_meeting_quorum", 10, 20, True),  # 半数以上 takes in the half (T5)
        ("member_meeting_majority", 10, 20, False),
        ("member_meeting_majority", 11, 20, True),
        ("owners_committee_party_share", 49, 100, False),
        ("owners_committee_party_share", 50, 100, True),
        ("owners_committee_party_share", 51, 100, True),
        ("appraisal_excellent_share", 6, 20, True),  # T7
        ("appraisal_excellent_share", 7, 20, False),
        ("owners_committee_remaining_share", 3, 6, False),
        ("owners_committee_remaining_share", 2, 5, True),
    ],
)
def test_a_share_is_exact_at_its_boundary(key, part, whole, kept):
    row = rule(key, TODAY)
    assert row.holds_of(part, whole) is kept
    assert row.holds(Fraction(part, whole)) is kept


def test_nothing_of_nothing_is_no_quorum_and_no_excess():
    assert not rule("owners_participation_share", TODAY).holds_of(0, 0)
    assert not rule("member_meeting_majority", TODAY).holds_of(0, 0)
    assert rule("appraisal_excellent_share", TODAY).holds_of(0, 0)


def test_a_third_of_a_large_area_is_not_rounded():
    """Floats would call 2/3 of this area reached one square centimetre early."""
    area = 3 * 10**18
    assert rule("owners_participation_share", TODAY).holds_of(2 * 10**18, area)
    assert not rule("owners_participation_share", TODAY).holds_of(2 * 10**18 - 1, area)


@pytest.mark.parametrize(
    ("key", "fact", "kept"),
    [
        ("branch_min_full_members", 2, False),
        ("branch_min_full_members", 3, True),
        ("compound_min_direct_members", 3, True),
        ("joint_branch_below_direct_members", 3, False),
        ("joint_branch_below_direct_members", 2, True),
        ("joint_branch_max_units", 5, True),
        ("joint_branch_max_units", 6, False),  # T18
        ("branch_max_members", 50, True),
        ("branch_max_members", 51, False),  # T17
        ("general_branch_above_members", 50, False),
        ("party_committee_above_members", 100, False),
        ("committee_min_full_members", 7, True),
        ("no_committee_below_full_members", 7, False),
        ("owners_committee_term_years", 5, True),
        ("owners_committee_term_years", 6, False),
        ("member_meeting_every", 0, False),
        ("member_meeting_every", 1, True),
        ("login_max_failures", 4, True),
        ("login_max_failures", 5, False),
    ],
)
def test_a_count_is_exact_at_its_boundary(key, fact, kept):
    assert rule(key, TODAY).holds(fact) is kept


def test_lists_hold_words():
    assert rule("secretary_sources", TODAY).holds("退休聘用")
    assert not rule("secretary_sources", TODAY).holds("竞聘")
    all_seven = rule("seven_haves", TODAY)
    assert all_seven.holds([*all_seven.value, "有电脑"])
    assert not all_seven.holds(all_seven.value[:-1])


@pytest.mark.parametrize("fact", [0.5, "1/2", True, None])
def test_no_floats_and_no_words_where_numbers_stand(fact):
    with pytest.raises(TypeError):
        rule("owners_committee_party_share", TODAY).holds(fact)


@pytest.mark.parametrize(("seats", "candidates"), [(1, 2), (3, 4), (5, 6), (7, 9), (10, 12)])
def test_a_fifth_more_candidates_than_seats_rounded_up(seats, candidates):
    assert candidates_needed(seats, TODAY) == candidates


@pytest.mark.parametrize(
    ("key", "whole", "count"),
    [
        ("owners_participation_share", 90, 60),
        ("owners_participation_share", 91, 61),
        ("member_meeting_majority", 20, 11),
        ("member_meeting_majority", 21, 11),
        ("appraisal_excellent_share", 20, 6),
        ("appraisal_excellent_share", 8, 2),
        ("owners_committee_remaining_share", 7, 3),
    ],
)
def test_the_number_to_reach_or_keep_under(key, whole, count):
    row = rule(key, TODAY)
    assert row.count_of(whole) == count
    assert row.holds_of(count, whole)
    further = count - 1 if row.comparator in ("at_least", "more_than") else count + 1
    assert not row.holds_of(further, whole)


# ---- clocks --------------------------------------------------------------------------------------------------------


def test_clocks_of_a_new_owners_committee():
    """T12: elected on 2026-03-01, term ending on 2031-03-01."""
    elected, ends = date(2026, 3, 1), date(2031, 3, 1)
    assert rule("owners_committee_filing_days", elected).after(elected) == date(2026, 3, 31)
    assert rule("owners_committee_first_meeting_days", elected).after(elected) == date(2026, 3, 8)
    assert rule("owners_reelection_lead", ends).before(ends) == date(2030, 12, 1)
    assert rule("owners_reelection_report_lead", ends, region="北京").before(ends) == date(2030, 9, 1)


def test_months_end_on_the_last_day_of_a_shorter_month():
    assert rule("formation_reply_months", TODAY).after(date(2027, 1, 31)) == date(2027, 2, 28)
    assert rule("branch_term_reminder_months", TODAY).before(date(2027, 6, 30)) == date(2026, 12, 30)  # T13
    assert rule("probation_years", TODAY).after(date(2024, 2, 29)) == date(2025, 2, 28)


def test_working_days_pass_over_the_weekend():
    friday = date(2026, 12, 4)
    assert rule("joint_meeting_reply_workdays", friday, region="东营").after(friday) == date(2026, 12, 8)


def test_days_of_the_year():
    assert rule("branch_report_due", TODAY).in_year(2026) == date(2026, 12, 20)
    assert rule("branch_report_due", TODAY).holds(date(2026, 12, 20))
    assert not rule("branch_report_due", TODAY).holds(date(2026, 12, 21))
    assert not rule("committee_assessment_opens", TODAY).holds(date(2026, 10, 31))


def test_a_share_is_no_clock():
    with pytest.raises(TypeError):
        rule("election_quorum", TODAY).after(TODAY)


# ---- the day of the event ------------------------------------------------------------------------------------------


def test_the_civil_code_counts_from_2021():
    before, after = date(2020, 12, 31), date(2021, 1, 1)
    assert rule("owners_special_majority", before).value == Fraction(2, 3)
    assert rule("owners_special_majority", after).value == Fraction(3, 4)
    assert not rule("owners_participation_share", before).holds_of(50, 100)
    assert rule("owners_participation_share", before).holds_of(51, 100)
    assert not rule("owners_participation_share", after).holds_of(51, 100)
    assert rule("owners_majority_base", before).words == "全体业主"
    assert rule("owners_majority_base", after).words == "参与表决的业主"
    assert "物业管理条例" in rule("owners_special_majority", before).cite
    assert "民法典》第二百七十八条" in rule("owners_special_majority", after).cite


def test_before_a_law_there_is_no_rule():
    with pytest.raises(NoSuchRule, match="2025年12月31日"):
        rule("residents_disclosure_days", date(2025, 12, 31))
    assert rule("residents_disclosure_days", date(2026, 1, 1)).holds(15)


def test_an_unknown_rule_is_named():
    with pytest.raises(NoSuchRule) as refused:
        rule("no_such_key", TODAY)
    assert str(refused.value) == "没有“no_such_key”这条规则"
    assert isinstance(refused.value, KeyError)


def test_a_region_has_its_own_number_and_else_the_general_one():
    assert rule("first_owners_meeting_days", TODAY, region="北京").value == 60
    assert rule("first_owners_meeting_days", TODAY, region="杭州").value == 90
    assert rule("first_owners_meeting_days", TODAY).value == 90
    with pytest.raises(NoSuchRule):
        rule("preparatory_group_min", TODAY)


def test_history_stands_in_order():
    assert [row.valid_from for row in history("owners_special_majority")] == [None, date(2021, 1, 1)]


# ---- the town's own ------------------------------------------------------------------------------------------------


def test_a_town_sets_its_own_period_with_its_basis():
    monthly = with_override(rule("joint_meeting_every", TODAY), 1, " 镇党委会2026年3月5日第二项 ")
    assert monthly.words == "每月至少1次"
    assert monthly.overridden
    assert monthly.short == "本镇设定"
    assert monthly.cite == "本镇设定（镇党委会2026年3月5日第二项）"
    assert monthly.source.short == "方案"
    assert not rule("joint_meeting_every", TODAY).overridden


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("owners_committee_party_share", "3/5", Fraction(3, 5)),
        ("owners_committee_party_share", "60%", Fraction(3, 5)),
        ("branch_target", 7, 7),
        ("branch_target_date", "2027-12-31", date(2027, 12, 31)),
        ("branch_report_due", "12-25", "12-25"),
        ("election_majority_base", "expected", "expected"),
        ("secretary_sources", ["小区选拔", "组织选派"], ("小区选拔", "组织选派")),
    ],
)
def test_a_town_value_reads_as_its_json_column_keeps_it(key, value, kept):
    own = with_override(rule(key, TODAY), value, "镇党委会2026年3月5日")
    assert own.value == kept
    assert with_override(rule(key, TODAY), own.json, own.basis) == own


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("joint_meeting_every", "3", "整数"),
        ("joint_meeting_every", 2.5, "整数"),
        ("joint_meeting_every", True, "整数"),
        ("joint_meeting_every", 0, "1到1200"),
        ("joint_meeting_every", 10**9, "1到1200"),
        ("joint_meeting_every", None, "整数"),
        ("owners_committee_party_share", 0.5, "分数"),
        ("owners_committee_party_share", "一半", "分数"),
        ("owners_committee_party_share", "1/0", "分数"),
        ("owners_committee_party_share", "0/3", "大于0"),
        ("owners_committee_party_share", "101%", "不超过全数"),
        ("branch_target_date", "年底", "哪一天"),
        ("branch_target_date", 2027, "哪一天"),
        ("branch_report_due", "02-29", "几月几日"),
        ("branch_report_due", "13-01", "几月几日"),
        ("election_majority_base", "all", "实到会有选举权的党员"),
        ("election_majority_base", ["present"], "实到会有选举权的党员"),
        ("secretary_sources", "小区选拔", "至少写一项"),
        ("secretary_sources", ["小区选拔", "小区选拔"], "重复"),
        ("secretary_sources", ["小区选拔", " "], "文字"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_chinese(key, value, words):
    with pytest.raises(ValueError, match=words):
        with_override(rule(key, TODAY), value, "镇党委会2026年3月5日")


@pytest.mark.parametrize("key", ["owners_special_majority", "branch_min_full_members"])
def test_law_is_not_the_towns_to_change(key):
    with pytest.raises(ValueError, match="镇里不能改"):
        with_override(rule(key, TODAY), rule(key, TODAY).value, "镇党委会2026年3月5日")


def test_no_override_without_a_basis():
    with pytest.raises(ValueError, match="依据"):
        with_override(rule("joint_meeting_every", TODAY), 1, "  ")


def test_an_override_keeps_within_its_bounds():
    kept = rule("audit_log_default_months", TODAY)
    assert with_override(kept, 6, "镇党委会2026年3月5日").value == 6
    with pytest.raises(ValueError, match="网络日志留存不少于6个月"):
        with_override(kept, 5, "镇党委会2026年3月5日")


def test_an_open_value_says_that_the_town_must_set_it():
    target = rule("branch_target", TODAY)
    assert target.words == "尚未设定"
    with pytest.raises(ValueError, match="由镇填写"):
        target.holds(5)
    assert with_override(target, 7, "镇党委会2026年3月5日").holds(7)


# ---- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("branch_min_full_members", "3人以上"),
        ("joint_branch_below_direct_members", "不足3人"),
        ("branch_max_members", "不超过50人"),
        ("general_branch_above_members", "超过50人"),
        ("owners_participation_share", "三分之二以上"),
        ("owners_ordinary_majority", "超过半数"),
        ("owners_committee_party_share", "50%以上"),
        ("owners_committee_filing_days", "30天以内"),
        ("joint_meeting_every", "每季度至少1次"),
        ("branch_report_due", "12月20日前"),
        ("branch_target_date", "2020年12月31日前"),
        ("imprint_outer_line", "0.35毫米"),
        ("secretary_sources", "小区选拔、组织选派、退休聘用"),
    ],
)
def test_a_threshold_reads_as_the_office_says_it(key, words):
    assert rule(key, TODAY).words == words


def test_a_rule_cites_its_article():
    row = rule("branch_min_full_members", TODAY)
    assert row.cite == "《中国共产党支部工作条例（试行）》第四条"
    assert row.short == "支部工作条例第四条"
    assert row.source.year == 2018
    assert rule("compound_min_direct_members", TODAY).short == "方案三、1"
    assert rules.conflict(row.conflicts_with[0]).plan.startswith("直管党员3人以上")


def test_what_was_not_read_is_marked():
    assert not rule("preparatory_group_days", TODAY).confirmed
    assert rule("preparatory_group_days", TODAY, region="山东").confirmed


# ---- the file ------------------------------------------------------------------------------------------------------


def test_every_sentence_is_a_finished_chinese_one():
    for row in (*rules.all_rules(), *rules.load().principles.values()):
        assert row.statement.endswith("。"), row.key
        assert not re.search(r"[,;:?!()\"'A-Za-z]", re.sub("A4|XX", "", row.statement)), row.key
        assert row.statement.count("“") == row.statement.count("”"), row.key


def test_rules_of_the_plan_name_clauses_it_has():
    articles = {plan.article(key) for key in plan.CLAUSES}
    rows = (*rules.all_rules(), *rules.load().principles.values())
    assert {row.article for row in rows if row.source.id == "方案"} <= articles


@pytest.mark.parametrize(
    ("key", "clause"),
    [("secretary_sources", "三.1"), ("secretary_criteria", "三.1"), ("seven_haves", "三.2"), ("wall_items", "三.2")]
    + [("owners_committee_recommended", "三.3")],
)
def test_lists_of_the_plan_stand_in_it_word_for_word(key, clause):
    for word in rule(key, TODAY).value:
        assert word in plan.clause(clause)


def test_major_matters_are_the_six_of_the_plan_and_the_rest():
    *six, rest = rule("major_matter_kinds", TODAY).value
    assert "、".join(six) + "等重大事项" in plan.clause("三.3")
    assert rest == "其他"


@pytest.mark.parametrize(
    ("key", "facts", "words"),
    [
        ("election_quorum", {"overridable": True}, "level B"),
        ("election_quorum", {"comparator": "about"}, "comparator"),
        ("election_quorum", {"unit": "成"}, "unit"),
        ("election_quorum", {"value": "四成"}, "分数"),
        ("election_quorum", {"value": None}, "no value"),
        ("election_quorum", {"source": None}, "sources"),
        ("election_quorum", {"source": "某条例"}, "sources"),
        ("election_quorum", {"statement": None}, "statement"),
        ("election_quorum", {"level": "C"}, "level"),
        ("election_quorum", {"status": "guess"}, "status"),
        ("election_quorum", {"colour": "red"}, "colour"),
        ("election_quorum", {"conflicts_with": ["C-99"]}, "C-99"),
        ("election_quorum", {"within": ["no_such_key"]}, "no_such_key"),
        ("owners_special_majority", {"valid_to": date(2021, 1, 1)}, "overlap"),
        ("owners_special_majority", {"valid_to": None}, "overlap"),
        ("owners_special_majority", {"valid_from": date(2021, 1, 1), "valid_to": None}, "two rows"),
        ("owners_special_majority", {"valid_from": date(2021, 1, 1)}, "before it begins"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(key, facts, words):
    with pytest.raises(RulebookError, match=words):
        rules.read(changed(key, **facts))


def test_two_todo_lines_of_one_key_are_refused():
    data = deepcopy(DATA)
    data["todo"].append(data["todo"][0])
    with pytest.raises(RulebookError, match="two rows"):
        rules.read(data)


def test_a_todo_line_needs_the_rule_of_its_clock():
    data = deepcopy(DATA)
    data["todo"][0]["period"] = "no_such_key"
    with pytest.raises(RulebookError, match="no_such_key"):
        rules.read(data)


def test_whole_millimetres_are_kept_as_plain_numbers():
    assert rule("paper_width", TODAY).json == 210


def test_read_value_knows_every_row_of_the_file():
    for row in rules.all_rules():
        if row.value is not None:
            assert read_value(row.json, row.unit, row.comparator, dict(row.choices)) == row.value, row.key


# ---- to-do lines ---------------------------------------------------------------------------------------------------


def test_the_lines_of_the_home_page_are_numbered_without_gaps():
    assert [line.id for line in rules.load().todos.values()] == [f"R{n}" for n in range(1, 40)]


def test_every_todo_line_stands_on_the_plan_or_the_rulebook():
    for line in rules.load().todos.values():
        assert line.clause in plan.CLAUSES or rules.cited(line.clause), line.key
        assert line.cite, line.key


def test_a_todo_line_is_filled_with_facts():
    line = rules.todo("branch_can_stand")
    assert line.text(compound="碧桂名邸", count=4) == "成立党支部：碧桂名邸已有4名直管党员"
    assert line.cite == "方案三、1"
    assert rules.todo("venue_gap").text(items="书报", branch="金桂苑", count=1) == "补“书报”：金桂苑七有缺1项"


def test_gaps_have_no_date_to_be_late_for():
    gaps = {line.id for line in rules.load().todos.values() if line.gap}
    assert gaps == {"R3", "R4", "R5", "R6", "R13", "R27", "R31", "R35", "R38"}


# ---- ids named in the code -----------------------------------------------------------------------------------------

_ID = re.compile(r"(?<![A-Za-z0-9-])R-\d{3,4}(?:\.\d)?(?![0-9])")
_NOT_OURS = {"node_modules", "vendor"}


def _named_ids():
    for path in (*ROOT.rglob("*.py"), *ROOT.rglob("*.html")):
        parts = path.relative_to(ROOT).parts
        if any(part.startswith(".") or part in _NOT_OURS for part in parts):
            continue
        for found in _ID.findall(path.read_text(encoding="utf-8")):
            yield found, str(path.relative_to(ROOT))


def test_every_rule_named_in_code_or_templates_is_in_the_rulebook():
    known = rules.load().ids
    assert {(found, path) for found, path in _named_ids() if found not in known} == set()
