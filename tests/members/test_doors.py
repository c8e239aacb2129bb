"""Which building a door is in, as people write doors."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.doors import building_of, buildings_in, order_of


@pytest.mark.parametrize(
    ("door", "building"),
    [
        ("3栋502", "3栋"),
        ("3栋2单元502", "3栋"),
        ("3-502", "3栋"),
        ("3-2-502", "3栋"),
        ("３－５０２", "3栋"),
        ("3号楼", "3栋"),
        ("03幢 502室", "3栋"),
        ("3#楼502", "3栋"),
        ("3#-502", "3栋"),
        ("A座1102", "A栋"),
        ("a3栋502", "A3栋"),
        ("B区12栋502", "B12栋"),
        ("十二栋502", "12栋"),
        ("二十号楼", "20栋"),
        ("建设路15号3栋502", "3栋"),
        ("502", ""),
        ("2单元502", ""),
        ("3楼502", ""),
        ("栋", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_building_of_a_door(door, building):
    assert building_of(door) == building


@given(st.integers(1, 999), st.integers(1, 9), st.integers(101, 3304), st.sampled_from(["栋", "幢", "号楼", "座", "#"]))
@settings(max_examples=60)
def test_however_a_building_is_called_it_is_the_same(number, unit, room, word):
    assert building_of(f"{number}{word}{unit}单元{room}") == f"{number}栋" == building_of(f"{number}栋")


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_nothing_anybody_types_breaks_it(text):
    found = building_of(text)
    assert found == "" or found.endswith("栋")
    with contextlib.suppress(ValueError):  # 看不出是哪一栋的，只许这样拒绝
        assert all(label.endswith("栋") for label in buildings_in(text))


def test_a_typed_list_of_buildings():
    assert buildings_in("10栋、2、3号楼，3栋 A座") == ["2栋", "3栋", "10栋", "A栋"]
    assert buildings_in("") == []
    for wrong in ("1-3栋", "1栋至3栋", "东边几栋", "0"):
        with pytest.raises(ValueError, match="看不出是哪一栋"):
            buildings_in(wrong)
    assert sorted(["10栋", "2栋", "A1栋"], key=order_of) == ["2栋", "10栋", "A1栋"]
