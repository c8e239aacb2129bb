"""Tables from before the product: their own words for the columns, a total below, columns that are not there."""

import pytest
from openpyxl import Workbook

from members import roster
from tests.members.conftest import counts


def hand_in_an_old_table(place, path, rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return roster.hand_in(path.read_bytes(), path.name, community=place.community["北社区"], by=place.user["社区书记"])


OLD_HEAD = ["序号", "姓名", "手机号", "党员类别", "关系类别", "所属支部", "所属小区"]
OLD_LINE = [1, "王小明", "13900139000", "正式党员", "直管", "湖畔党支部", "湖畔"]


def test_an_old_table_with_its_own_words_for_the_columns_is_understood(place, tmp_path):
    batch = hand_in_an_old_table(place, tmp_path / "old.xlsx", [["北社区党员花名册"], OLD_HEAD, OLD_LINE])
    assert (counts(batch), batch.notices[:-1]) == ((1, 0, 0, 0, 0), [])


@pytest.mark.parametrize("total", ["5人", "5", "共 5 名", "５ 人"])
def test_a_total_below_the_names_is_nobody(place, tmp_path, total):
    batch = hand_in_an_old_table(place, tmp_path / "old.xlsx", [OLD_HEAD, OLD_LINE, ["合计", total]])
    assert counts(batch) == (1, 0, 0, 0, 0)
    assert any("合计" in notice for notice in batch.notices)


def test_two_missing_columns_are_named_in_one_sentence(place, tmp_path):
    batch = hand_in_an_old_table(place, tmp_path / "old.xlsx", [["姓名", "手机号"], ["王小明", "13900139000"]])
    assert batch.refusal == "缺少这几列：“人员类别”、“关系类别”。请在表头加上，或用模板重新填。"
