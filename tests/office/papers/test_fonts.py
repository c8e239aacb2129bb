"""The vendored fonts: every name prints, licences stand beside them, missing parts are told."""

import csv
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from office.papers import fonts

OFFICIAL = Path(settings.BASE_DIR) / "office/chinese/data/stroke_order.tsv"


@pytest.fixture(scope="module")
def official_characters():
    """通用规范汉字表, 8105 characters."""
    with OFFICIAL.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["character"] for row in rows if row["official_rank"]}


def test_names_of_the_register_can_be_printed():
    assert (
        fonts.missing_glyphs("王喆 李堃 张䶮 刘㛃 赵𬱖 孙𠅤 陳國榮 阿不都热合曼·买买提 X委〔2026〕12号 ①℃㎡□√“”——……")
        == []
    )


def test_every_official_character_can_be_printed(official_characters):
    assert len(official_characters) == 8105
    assert fonts.missing_glyphs("".join(official_characters)) == []


def test_what_cannot_be_printed_is_listed_once_in_order():
    assert fonts.missing_glyphs("甲𲎯乙\U0002ebf0𲎯\n\t\u200b") == ["𲎯", "\U0002ebf0"]


def test_this_machine_can_make_papers():
    assert fonts.check() == []


def test_each_missing_part_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FACES", {"Paper Fang": tmp_path / "paper-fang.ttf"})
    monkeypatch.setattr(fonts, "_LIBRARIES", ("libnothing.so.0",))
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    assert fonts.check() == [
        "缺少字体文件 paper-fang.ttf",
        "缺少系统部件 libnothing.so.0",
        "没有安装 uharfbuzz，裁剪字体会慢十倍",
    ]


@pytest.mark.parametrize("family", fonts.FACES)
def test_a_face_carries_our_name_its_licence_and_the_common_baseline(family):
    with TTFont(fonts.FACES[family]) as font:
        names, heights = font["name"], font["hhea"]
    assert names.getDebugName(1) == names.getDebugName(4) == family
    assert "Copyright" in names.getDebugName(0) or "Adobe" in names.getDebugName(0)
    assert (fonts.FONTS / names.getDebugName(13).split("see ")[1]).is_file()
    assert (heights.ascent, heights.descent, heights.lineGap) == (880, -120, 0)


def test_every_font_file_is_listed_with_its_source():
    listed = (fonts.FONTS / "README.md").read_text(encoding="utf-8")
    files = [path for path in fonts.FONTS.iterdir() if path.suffix in (".ttf", ".otf", ".woff2")]
    assert {path.name for path in files} == {path.name for path in fonts.FACES.values()} | {"rare-sans.woff2"}
    assert [path.name for path in files if f"`{path.name}`" not in listed] == []
    assert sum(path.stat().st_size for path in files) < 22_000_000


def test_the_screen_font_holds_the_official_characters_that_old_windows_lacks(official_characters):
    path = fonts.FONTS / "rare-sans.woff2"
    with TTFont(path) as font:
        held = set(font.getBestCmap())
    assert {ord(c) for c in official_characters if not 0x4E00 <= ord(c) <= 0x9FA5} <= held
    assert {ord(c) for c in "㛃䶮𠅤𬱖"} <= held
    # The ranges app.css asks for; a character outside them would never be fetched.
    ranges = ((0x3400, 0x4DBF), (0x9FA6, 0x9FFF), (0x20000, 0x323AF))
    assert all(any(first <= code <= last for first, last in ranges) for code in held)
    assert path.stat().st_size < 70_000
