"""Rosters as files, the way a community sends them."""

from datetime import date

import pytest
from openpyxl import Workbook
from stdnum.cn.ric import calc_check_digit

from members import roster
from members.entries import READ_COLUMNS, TITLES
from office.imports import batches


def id_number(born=date(1970, 3, 5), sequence=1):
    """A number with a right check digit; odd sequences are men's."""
    body = f"330106{born:%Y%m%d}{sequence:03d}"
    return body + calc_check_digit(body + "0")


def line(name, /, **cells):
    """A line with what is always asked for; `cells` by column key."""
    return {"name": name, "stage": "正式党员", "relation": "直管", "branch": "湖畔党支部", **cells}


def write(path, lines, keys=None):
    """A real .xlsx with the columns that the lines use, first line in row 2."""
    keys = keys or [column.key for column in READ_COLUMNS if any(column.key in one for one in lines)]
    book = Workbook()
    sheet = book.active
    sheet.append([TITLES[key] for key in keys])
    for one in lines:
        sheet.append([one.get(key) for key in keys])
    book.save(path)
    return path


def faults(batch):
    """[(row, column key, message, address)] of every fault of the preview."""
    return [
        (row, *fault[:3])
        for row, shown in batch.lines.order_by("row").values_list("row", "shown")
        for fault in shown["faults"]
    ]


def counts(batch):
    """(新增, 更新, 未变, 有错, 要回答)."""
    return batch.new, batch.changed, batch.unchanged, batch.faulty, batch.asking


@pytest.fixture
def read(place, tmp_path):
    """read([line, …]) → the ImportBatch with its preview, as 社区书记 for 北社区 unless said otherwise."""

    def reader(lines, *, community="北社区", by="社区书记", keys=None):
        path = write(tmp_path / "roster.xlsx", lines, keys)
        return roster.hand_in(path.read_bytes(), path.name, community=place.community[community], by=place.user[by])

    return reader


@pytest.fixture
def load(read, place):
    """load([line, …]) → the ImportBatch of a roster read and saved; nothing is saved where nothing changes."""

    def loader(lines, *, by="社区书记", **options):
        batch = read(lines, by=by, **options)
        assert not faults(batch), faults(batch)
        if batch.to_save:
            batches.apply(batch, by=place.user[by])
        return batch

    return loader


@pytest.fixture
def respond(place):
    """respond(batch, 0, "words") answers its first question by the choice that says so."""

    def responder(batch, at, words, *, by="社区书记"):
        question = batch.questions.order_by("row", "pk")[at]
        value = next(value for value, said in question.choices if words in said)
        batches.answer(batch, {question.key: value}, by=place.user[by])
        return batch

    return responder
