"""More than a hundred ways to break a workbook: each is refused in words or read right, and none is anything else."""

import pytest

from office.sheets import reading
from office.sheets.problems import SheetProblem
from tests.office.sheets.files import malformed
from tests.office.sheets.files.malformed import READ, Faults
from tests.office.sheets.files.people import PEOPLE
from tests.office.sheets.test_files import handed_in, meant

KINDS = malformed.kinds()


def test_there_are_as_many_as_promised():
    assert len(KINDS) >= 107


@pytest.mark.parametrize("kind", KINDS)
def test_refused_in_words_or_read_right(kind, tmp_path, caplog):
    data, outcome = KINDS[kind]
    path = tmp_path / "roster.xlsx"
    path.write_bytes(data)
    said, read = None, None
    try:
        read = handed_in(path)
    except SheetProblem as problem:
        said = str(problem)
    # A child that died of something unforeseen leaves a line in the log.
    assert caplog.records == []
    if said is not None or isinstance(outcome, str) and outcome != READ:
        assert said == outcome
        return
    rows = {row.number: row for row in read.rows}
    faults = {rows[row][key].address: message for row, key, message in read.errors}
    assert faults == (outcome if isinstance(outcome, Faults) else {})
    assert len(rows) == len(PEOPLE)
    altered = {} if outcome == READ else outcome
    for number, (row, person) in enumerate(zip(read.rows, PEOPLE, strict=True), start=2):
        cells = {row[key].address: key for key in person}
        changed = {cells[address]: address for address in altered if address in cells}
        if not changed:
            assert meant(row) == person, number
        elif not isinstance(outcome, Faults):
            assert {address: row.text(key) for key, address in changed.items()} == altered


def test_the_limit_on_time_is_that_of_the_bar():
    assert reading.TIME_LIMIT <= 20
