"""Plots: true lengths, no ranking, words that do not collide, markup that page and paper both accept."""

import re
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from office.papers import plots

COMPOUNDS = [("金桂苑", 5), ("文昌苑", 4), ("世纪城", 3), ("阳光水岸", 0)]


def drawn(name, plot):
    return ElementTree.fromstring(render_to_string(f"papers/{name}.svg", {"plot": plot}))


def texts(svg):
    return ["".join(node.itertext()) for node in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_bars_keep_their_order_and_proportion():
    plot = plots.bars(COMPOUNDS, description="联席会议次数", unit="次")
    assert [bar.label for bar in plot.bars] == ["金桂苑", "文昌苑", "世纪城", "阳光水岸"]
    assert plot.bars[1].length / plot.bars[0].length == pytest.approx(4 / 5, rel=0.01)
    assert [bar.value for bar in plot.bars] == ["5次", "4次", "3次", "0次"]


def test_only_what_falls_short_of_the_target_is_marked():
    plot = plots.bars(COMPOUNDS, description="联席会议次数", target=4)
    assert [bar.short for bar in plot.bars] == [False, False, True, True]
    assert not any(bar.short for bar in plots.bars(COMPOUNDS, description="联席会议次数").bars)


def test_a_bar_of_nothing_is_still_seen():
    assert plots.bars([("甲", 0)], description="次数", target=4).bars[0].length > 0


def test_the_target_line_stands_where_a_bar_of_that_number_would_end():
    plot = plots.bars(COMPOUNDS, description="联席会议次数", target=4)
    assert plot.target.x == pytest.approx(plot.left + plot.bars[1].length, abs=0.2)


@pytest.mark.parametrize("target", [None, 0, 4, 500])
@pytest.mark.parametrize("rows", [[], [("甲", 0)], COMPOUNDS, [("一个名字特别长的小区党支部", 12345)]])
@pytest.mark.parametrize("half", [False, True])
def test_bars_and_words_stay_inside_the_drawing(rows, target, half):
    plot = plots.bars(rows, description="次数", unit="次", target=target, half=half)
    for bar in plot.bars:
        assert bar.value_x + plots._text_width(bar.value) <= plot.width
        assert plots._text_width(bar.label) < plot.left
        assert bar.baseline < plot.height
    if plot.target:
        assert 0 <= plot.target.x <= plot.width
        assert plot.target.label_y <= plot.height


@pytest.mark.parametrize(
    ("name", "plot"),
    [
        ("_bar", plots.bars([*COMPOUNDS, ("<b>&", 1)], description='说"明"', unit="次", target=4)),
        ("_bar", plots.bars([*COMPOUNDS, ("<b>&", 1)], description='说"明"', half=True)),
        ("_tiles", plots.tiles([("场所", True), ("<b>&", False), ("书报", None)], description='说"明"')),
    ],
)
def test_the_drawing_is_well_formed_described_and_free_of_inline_style(name, plot):
    svg = drawn(name, plot)
    assert svg.get("class") == "plot"
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == svg[0].text
    assert svg[0].text.startswith('说"明"：')
    assert svg[0].tag.endswith("title")
    assert "<b>&" in texts(svg)
    known = {"plot", "g", "b", "hi", "l", "l2", "p", "t"}
    for node in svg.iter():
        assert "style" not in node.attrib
        assert node.get("class", "plot") in known
        for value in node.attrib.values():
            assert not re.search(r"nan|inf|e[+-]\d|None", value)


def test_whoever_does_not_see_a_plot_hears_its_numbers():
    plot = plots.bars([("甲社区", 12, "12/15个"), ("一个名字特别长的小区党支部", 3)], description="已覆盖", unit="个")
    assert plot.words == "已覆盖：甲社区12/15个，一个名字特别长的小区党支部3个"
    assert plots.bars([], description="已覆盖").words == "已覆盖"


def test_what_is_not_on_record_is_not_drawn_as_missing():
    plot = plots.tiles([("场所", True), ("书报", False), ("制度", None)], description="七有")
    assert [tile.word for tile in plot.tiles] == ["有", "缺", "未记录"]
    assert plot.words == "七有：场所有，书报缺，制度未记录"
    rects = [node.attrib for node in drawn("_tiles", plot).iter("{http://www.w3.org/2000/svg}rect")]
    assert [rect.get("fill") == "none" for rect in rects] == [False, True, True]
    assert ["stroke-dasharray" in rect for rect in rects] == [False, False, True]
    assert plot.tiles[-1].x + plot.tiles[-1].width == pytest.approx(plots.WIDTH, abs=0.5)
