"""Rosters as files, the way a community sends them."""

from datetime import date

import pytest
from openpyxl import Workbook
from stdnum.cn.ric import calc_check_digit

from members import roster
from members.entries import COLUMNS

TITLES = {column.key: column.title for column in COLUMNS}


def id_number(born=date(1970, 3, 5), sequence=1):
    """A number with a right check digit; odd sequences are men's."""
    body = f"330106{born:%Y%m%d}{sequence:03d}"
    return body + calc_check_digit(body + "0")


def line(name, /, **cells):
    """A line with what is always asked for; `cells` by column key."""
    return {"name": name, "stage": "正式党员", "relation": "直管", "branch": "湖畔党支部", **cells}


def write(path, lines, keys=None):
    """A real .xlsx with the columns that the lines use, first line in row 2."""
    keys = keys or [column.key for column in COLUMNS if any(column.key in one for one in lines)]
    book = Workbook()
    sheet = book.active
    sheet.append([TITLES[key] for key in keys])
    for one in lines:
        sheet.append([one.get(key) for key in keys])
    book.save(path)
    return path


@pytest.fixture
def read(place, tmp_path):
    """read([line, …]) → the Roster, as 社区书记 for 北社区 unless said otherwise."""

    def reader(lines, *, community="北社区", by="社区书记"):
        path = write(tmp_path / "roster.xlsx", lines)
        return roster.read(path, community=place.community[community], by=place.user[by])

    return reader


@pytest.fixture
def load(read, place):
    """load([line, …]) → the counts of a roster read and saved."""

    def loader(lines, *, by="社区书记", **options):
        return roster.apply(read(lines, by=by, **options), by=place.user[by])

    return loader
