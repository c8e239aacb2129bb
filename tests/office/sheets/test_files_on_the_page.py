"""The same files handed in on the page: the words are shown, and nobody is saved by handing in."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.identity import fingerprint
from members.models import Member, Person, Placement
from office.sheets.problems import said
from office.sheets.reading import MERGED
from tests.office.sheets.files import make
from tests.office.sheets.files.people import PEOPLE
from tests.office.sheets.test_files import FAULTY, REFUSED, RENAMED, made

# What the roster says of files that are sound tables.
WRONG_NUMBER = "号码的最后一位对不上，说明有一位写错了，请对照身份证逐位核对。"
LOST_DIGITS = "号码的后几位被 Excel 改掉了，请把这一列设为文本后重填。"
pytestmark = pytest.mark.any_database  # what a file says, and how it is told
OF_THE_ROSTER = {
    "excel-wrong_check_digit": {"C2": WRONG_NUMBER},
    "excel-lost_digits_as_text": {"C2": LOST_DIGITS, "C3": LOST_DIGITS},
    "excel-same_person_twice": {
        "C2": "和第 7 行的公民身份号码相同，同一个人只写一行。",
        "C7": "和第 2 行的公民身份号码相同，同一个人只写一行。",
    },
}


@pytest.fixture
def hand_in(as_user):
    """hand_in(path, name) → the text of the page the sender ends up on."""

    def handed_in(path, name=None):
        upload = SimpleUploadedFile(name or path.name, path.read_bytes())
        response = as_user("社区书记").post(reverse("roster_import"), {"file": upload}, follow=True)
        assert response.status_code == 200
        return html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))

    return handed_in


@pytest.fixture
def nobody_saved(place):
    """Everything that is known of people, before and after."""

    def known():
        return [list(model.objects.order_by("pk").values()) for model in (Person, Member, Placement)]

    before = known()
    yield
    assert known() == before


@pytest.mark.parametrize("name", [*REFUSED, *RENAMED], ids=str)
def test_refused_in_words(hand_in, nobody_saved, name):
    file, renamed = name if isinstance(name, tuple) else (name, None)
    words = RENAMED[name] if renamed else REFUSED[name]
    # Which columns the head must have is the roster's affair.
    words = words.partition("表头要有")[0]
    assert words in hand_in(made(file), renamed)


@pytest.mark.parametrize("name", FAULTY | OF_THE_ROSTER)
def test_cells_to_correct_are_listed(hand_in, nobody_saved, name):
    page = hand_in(made(name))
    for address, message in (FAULTY | OF_THE_ROSTER)[name].items():
        assert re.search(rf"\b{address}\b", page), address
        # 同一种错并在一起说，各格不同的字写在各格旁边。
        assert all(part in page for part in said(MERGED if MERGED in message else message))


def test_a_good_file_is_shown_before_it_is_saved(hand_in, nobody_saved):
    page = hand_in(made("libre-filled_template"))
    assert "5 行可以导入" in page
    assert [person["name"] for person in PEOPLE if person["name"] not in page] == []


def test_somebody_on_another_roster_of_the_town_is_asked_about(place, hand_in):
    number = PEOPLE[0]["id_number"]
    print_of = fingerprint(number, place.community["南社区"].town_id)
    place.add_member(PEOPLE[0]["name"], "山水党支部", "山水", id_fingerprint=print_of, id_sealed="x")
    assert "已登记在本镇其他社区的名册里，不能重复登记" in hand_in(made("excel-plain"))


def test_every_file_can_be_handed_in(hand_in, nobody_saved):
    for path in sorted(make.MADE.iterdir()):
        assert "导入" in hand_in(path)
