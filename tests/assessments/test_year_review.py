"""manage.py year_review: the whole year without server or worker, honest about what failed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments import papers
from office.areas.models import Town
from office.audit.models import Trail


def run(*args, **options):
    said = StringIO()
    call_command("year_review", *args, stdout=said, stderr=said, **options)
    return said.getvalue()


def test_every_paper_lies_in_the_folder(place, tmp_path):
    said = run("2025", "--town", "西塘镇", "--out", str(tmp_path))
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*") if path.is_file())
    assert names == sorted(
        [
            "西塘镇2025年度述职考核材料.pdf",
            "西塘镇2025年度述职考核材料.docx",
            "西塘镇2025年度述职考核材料附表.xlsx",
            "北社区/湖畔党支部2025年度述职考核材料.pdf",
            "北社区/湖畔党支部2025年度述职考核材料.docx",
            "北社区/公园党支部2025年度述职考核材料.pdf",
            "北社区/公园党支部2025年度述职考核材料.docx",
            "南社区/山水党支部2025年度述职考核材料.pdf",
            "南社区/山水党支部2025年度述职考核材料.docx",
        ]
    )
    assert all((tmp_path / name).read_bytes()[:4] in (b"%PDF", b"PK\x03\x04") for name in names)
    assert "[9/9]" in said
    assert Trail.objects.get(verb="assessments.materials_written").changes == {"files": [0, 9]}


def test_a_town_without_records_still_gets_its_papers(db, tmp_path):
    Town.objects.create(name="新镇")
    run("2025", "--out", str(tmp_path))
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".docx", ".pdf", ".xlsx"]


def test_several_towns_have_a_folder_each(db, tmp_path):
    for name in ("甲镇", "乙镇"):
        Town.objects.create(name=name)
    run("2025", "--out", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["乙镇", "甲镇"]


def test_what_fails_is_listed_and_the_rest_is_made(place, tmp_path, monkeypatch):
    print_branch = papers.branch_pdf

    def fail_for_one(year, **kwargs):
        if year.basics.short_name == "公园党支部":
            raise ValueError("画不出来")
        return print_branch(year, **kwargs)

    monkeypatch.setattr(papers, "branch_pdf", fail_for_one)
    with pytest.raises(CommandError, match="公园党支部2025年度述职考核材料.pdf：ValueError 画不出来"):
        run("2025", "--town", "西塘镇", "--out", str(tmp_path))
    assert len(list(tmp_path.rglob("*.pdf"))) == 3
    assert Trail.objects.get(verb="assessments.materials_written").changes == {"files": [0, 8]}


@pytest.mark.parametrize(
    ("args", "why"),
    [(("2099",), "只能选"), (("2025", "--town", "没有这个镇"), "没有叫“没有这个镇”的镇")],
)
def test_what_cannot_be_done_is_said(place, args, why):
    with pytest.raises(CommandError, match=why):
        run(*args)


def test_no_town_at_all(db):
    with pytest.raises(CommandError, match="还没有开通镇"):
        run("2025")
