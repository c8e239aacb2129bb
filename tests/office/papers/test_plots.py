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
def test_bars_and_words_stay_inside_the_drawing(rows, target):
    plot = plots.bars(rows, description="次数", unit="次", target=target)
    for bar in plot.bars:
        assert bar.value_x + plots._text_width(bar.value) <= plots.WIDTH
        assert plots._text_width(bar.label) < plot.left
        assert bar.baseline < plot.height
    if plot.target:
        assert 0 <= plot.target.x <= plots.WIDTH
        assert plot.target.label_y <= plot.height


@pytest.mark.parametrize(
    ("name", "plot"),
    [
        ("_bar", plots.bars([*COMPOUNDS, ("<b>&", 1)], description='说"明"', unit="次", target=4)),
    ],
)
def test_the_drawing_is_well_formed_described_and_free_of_inline_style(name, plot):
    svg = drawn(name, plot)
    assert svg.get("class") == "plot"
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == svg[0].text == '说"明"'
    assert svg[0].tag.endswith("title")
    assert "<b>&" in texts(svg)
    known = {"plot", "g", "b", "hi", "l", "l2", "p", "t"}
    for node in svg.iter():
        assert "style" not in node.attrib
        assert node.get("class", "plot") in known
        for value in node.attrib.values():
            assert not re.search(r"nan|inf|e[+-]\d|None", value)
