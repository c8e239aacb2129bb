"""The look: contrast of the colours, weight and age of the stylesheet, the components and how forms are shown."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string

from office.areas import form_errors
from office.areas.templatetags import ui
from office.sheets.columns import Column
from tests import look_gallery
from tests.browser import look

pytestmark = pytest.mark.urls("tests.look_gallery")  # no page of the site takes part
EVIL = '<script>alert("1")</script>'
ROOT = Path(__file__).resolve().parent.parent
CSS = "".join((ROOT / "static/css" / name).read_text() for name in ("app.css", "schematic.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCREENS = [path for path in TEMPLATES if not path.name.endswith(".pdf.html")]
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
GALLERY = (ROOT / "tests/look_gallery.html").read_text()


def _gallery(**choices):
    return engines["django"].from_string(GALLERY).render(look_gallery.context(**choices))


def _short(path):
    return str(path.relative_to(ROOT))


# ── Colours ──


def _tokens():
    """The colours of the first :root block, by name."""
    root = re.search(r":root \{(.*?)\}", CSS, re.S).group(1)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", root))


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "paper", 7),
        ("ink", "bg", 7),
        ("ink2", "paper", 7),
        ("ink2", "bg", 7),
        ("ink2", "plain-t", 7),
        ("mut", "paper", 4.5),
        ("mut", "bg", 4.5),
        ("mut", "tint", 4.5),
        ("link", "paper", 4.5),
        ("link", "bg", 4.5),
        ("link", "info-t", 4.5),
        ("link", "ok-t", 4.5),
        ("link", "warn-t", 4.5),
        ("link", "err-t", 4.5),
        ("paper", "red", 4.5),
        ("paper", "red-d", 4.5),
        ("red-d", "tint", 4.5),
        ("red-d", "red-t", 4.5),
        ("ok", "ok-t", 4.5),
        ("warn", "warn-t", 4.5),
        ("err", "err-t", 4.5),
        ("err", "paper", 4.5),
        ("info", "info-t", 4.5),
        ("ctl", "paper", 3),
        ("ctl", "bg", 3),
        ("ink", "focus", 3),
    ],
)
def test_colours_that_stand_on_each_other_are_far_enough_apart(front, back, least):
    tokens = _tokens()
    assert _contrast(tokens[front], tokens[back]) >= least


def test_contrast_is_measured_as_wcag_does():
    assert _contrast("#000", "#ffffff") == pytest.approx(21)
    assert _contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


# ── Stylesheet and templates ──


def test_the_stylesheet_is_light():
    assert len(gzip.compress(CSS.encode())) <= 20 * 1024


@pytest.mark.parametrize(
    "newer",
    [
        r":has\(",
        r"@container",
        r"@layer",
        r"\d+[dsl]v[hw]\b",
        r"text-wrap",
        r"color-mix",
        r"&",
        r"\bsubgrid\b",
        r"\(width\s*[<>]",
        r"text-size-adjust",
        r"@import",
        r"https?://(?!www\.w3\.org/2000/svg)",
    ],
)
def test_the_stylesheet_keeps_to_what_chromium_90_knows_and_to_this_site(newer):
    assert not re.search(newer, CSS)


def test_nothing_on_the_screen_is_smaller_than_16_px():
    screen = CSS.split("@media print")[0]
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)(?:rem|em)", screen)]
    assert min(sizes) >= 1
    assert "--small: max(16px" in screen


@pytest.mark.parametrize("path", SCREENS, ids=_short)
def test_templates_have_nothing_inline_and_trust_no_text(path):
    source = path.read_text()
    for pattern in (
        r"\sstyle\s*=",
        r"<style",
        r"\son[a-z]+\s*=",
        r"javascript:",
        r"<script(?![^>]*\ssrc=)",
        r"\|\s*safe\b",
    ):
        assert not re.search(pattern, source), pattern


def test_every_icon_word_has_its_drawing_and_the_other_way_round():
    drawn = re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text())
    assert sorted(drawn) == sorted(ui.ICONS)


@pytest.mark.parametrize("path", SCREENS, ids=_short)
def test_templates_name_icons_that_exist(path):
    assert set(re.findall(r'\{% icon "([^"]+)"', path.read_text())) <= ui.ICONS


def test_an_unknown_icon_or_badge_kind_is_refused():
    with pytest.raises(ValueError, match="no icon"):
        ui.icon("rocket")
    with pytest.raises(ValueError, match="no kind"):
        ui.badge("已完成", "green")


# ── Components ──


def test_the_gallery_shows_every_component():
    by_tag_or_frame = {"error_summary.html", "alert.html"}
    included = set(re.findall(r"components/(\w+\.html)", GALLERY))
    inside_others = {"chips.html"}
    assert {path.name for path in COMPONENTS} == by_tag_or_frame | included | inside_others
    assert "有 5 处需要修改" in _gallery(bound=True)


@pytest.mark.parametrize("path", COMPONENTS, ids=_short)
def test_a_component_says_at_its_head_what_it_takes(path):
    assert path.read_text().startswith("{% comment %}")


@pytest.mark.parametrize("path", COMPONENTS, ids=_short)
def test_a_component_shows_hostile_words_as_words(path):
    evil = "<script>alert(1)</script>"
    row = dict.fromkeys(
        ("label", "value", "object", "verb", "why", "state", "title", "text", "who", "when", "note", "unit", "of"), evil
    )
    row |= {"url": "/a/", "kind": "warn", "at": "done", "anchor": "x"}
    context = dict.fromkeys(
        ("title", "text", "hint", "words", "strong", "link", "source", "name", "word", "note", "shown"), evil
    )
    context |= {
        "items": [row],
        "rows": [row],
        "chips": [row],
        "errors": [row],
        "next": [evil],
        "url": "/a/",
        "kind": "warn",
    }
    assert "<script>" not in render_to_string(_short(path).removeprefix("templates/"), context)


def test_absent_facts_show_as_nothing():
    for show in (ui.cn_date, ui.dotted, ui.month_day, ui.weekday, ui.day_time, ui.mask_phone):
        assert show(None) == ""


def test_a_moment_shows_the_local_day_and_time():
    source = "{% load ui %}{{ at|cn_date }} {{ at|day_time }} {{ at|weekday }}"
    late_in_utc = datetime(2026, 12, 6, 16, 5, tzinfo=UTC)
    assert (
        engines["django"].from_string(source).render({"at": late_in_utc}) == "2026年12月7日 2026年12月7日 00:05 星期一"
    )


@pytest.mark.parametrize("code", ["400", "403", "404", "405", "429", "500"])
def test_error_pages_show_without_any_context_and_offer_a_way_on(code):
    page = render_to_string(f"{code}.html", {})
    assert page.count("<h1>") == 1
    assert re.search(r'<a class="btn btn-primary" href="/(login/)?">', page)


def test_the_frame_marks_the_tab_and_offers_the_text_sizes():
    page = _gallery(bound=True, text_size="l")
    assert "<title>错误：部件 - 示范镇小区党建</title>" in page
    assert "<title>部件 - 示范镇小区党建</title>" in _gallery()
    assert 'data-size="l"' in page
    assert 'href="/text-size/xl/?next=%2Fcompounds%2F1%2F%3Fq%3D%E9%87%91"' in page


def test_branch_roles_have_no_search_and_real_data_no_trial_line():
    context = look_gallery.context() | {"find_url": "", "site": {"name": "示范镇小区党建", "demo": False}}
    page = engines["django"].from_string(GALLERY).render(context)
    assert 'id="site-find"' not in page
    assert "试用" not in page


# ── Forms as crispy shows them ──


def _crispy(form):
    return engines["django"].from_string("{% load crispy_forms_tags %}{{ form|crispy }}").render({"form": form})


class AllKinds(forms.Form):
    due = forms.CharField(label="哪天前", help_text="例如 12.15", error_messages={"required": "写清是哪一天"})
    kind = forms.ChoiceField(
        label="会议类型", choices=[("a", "联席会议"), ("b", "支委会")], widget=forms.RadioSelect, help_text="选一个"
    )
    talk = forms.CharField(label="讨论情况", required=False, help_text="<b>一两句</b>")
    agreed = forms.BooleanField(label="本次无决定", required=False)

    def clean(self):
        raise forms.ValidationError("直管党员只有2人")


def test_a_field_shows_label_hint_error_control_in_that_order():
    page = _crispy(AllKinds(data={}))
    field = re.search(r'<div id="div_id_due".*?</div>\s*<input[^>]*>', page, re.S).group(0)
    places = [field.index(part) for part in ("哪天前", "例如 12.15", "错误：写清是哪一天", "<input")]
    assert places == sorted(places)
    control = re.search(r'<input[^>]*name="due"[^>]*>', page).group(0)
    assert 'aria-invalid="true"' in control
    for name in re.search(r'aria-describedby="([^"]+)"', control).group(1).split():
        assert f'id="{name}"' in page


def test_a_group_has_its_error_before_its_first_choice():
    page = _crispy(AllKinds(data={}))
    group = re.search(r'<fieldset id="div_id_kind".*?</fieldset>', page, re.S).group(0)
    assert group.index("<legend") < group.index("错误：") < group.index('type="radio"')
    assert 'aria-describedby="id_kind_helptext id_kind_error"' in group
    assert "aria-invalid" not in group


def test_only_optional_fields_are_marked_and_a_tick_is_not():
    page = _crispy(AllKinds())
    assert re.findall(r">([^<>]+)<span class=\"opt\">（选填）</span>", page) == ["讨论情况"]
    assert "*" not in page


def test_hints_are_text_and_not_markup():
    assert "&lt;b&gt;一两句&lt;/b&gt;" in _crispy(AllKinds())


def test_the_error_summary_leads_to_places_that_exist():
    form = AllKinds(data={})
    page = _crispy(form)
    errors = form_errors.errors_of(form, None, "")
    assert [error["text"] for error in errors] == [
        "直管党员只有2人",
        "哪天前：写清是哪一天",
        "会议类型：请填写这一项。",
    ]
    for error in errors:
        assert f'id="{error["anchor"]}"' in page


def test_the_error_summary_counts_through_sets_of_forms():
    rows = forms.formset_factory(AllKinds, extra=0)
    bound = rows(data={"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2"})
    texts = [error["text"] for error in form_errors.errors_of(bound)]
    assert len(texts) == 6
    assert texts[3] == "第2条 直管党员只有2人"
    assert form_errors.errors_of(rows()) == []


def test_an_empty_group_of_ticks_still_has_a_place_to_lead_to():
    class NobodyYet(forms.Form):
        present = forms.MultipleChoiceField(label="到会人员", choices=[], widget=forms.CheckboxSelectMultiple)

    form = NobodyYet(data={})
    (error,) = form_errors.errors_of(form)
    assert f'id="{error["anchor"]}"' in _crispy(form)


class Bar(forms.Form):
    q = forms.CharField(label=EVIL, required=False, widget=forms.TextInput(attrs={"class": "w-wide", "type": "search"}))
    place = forms.ChoiceField(label="小区", choices=[("", "全部"), (EVIL, [(EVIL, EVIL)]), ("7", EVIL)])


def test_what_tags_write_shows_hostile_words_as_words():
    columns = [Column("name", EVIL), Column("sex", EVIL), Column("posts", "职务", width=26)]
    rows = [{"url": EVIL, "name": EVIL, "sex": EVIL, "posts": "", "status": EVIL}]
    bar = Bar(data={"q": EVIL, "place": EVIL})
    heads = ui.card_header(EVIL, id=EVIL, note=EVIL) + ui.card_header("一", url=EVIL, link=EVIL, about=EVIL)
    written = ui.lines(columns, rows) + heads + "".join(ui.filter_field(field) for field in bar)
    assert written.count("&lt;script&gt;") > 15
    assert "<script" not in written
    assert '("' not in written


def test_a_table_names_its_cells_and_leaves_empty_ones_empty():
    columns = [Column("name", "姓名"), Column("sex", "性别", width=6), Column("posts", "职务", width=26)]
    written = ui.lines(columns, [{"url": "/a/", "name": "王伟", "sex": "男", "posts": ""}], "sex")
    assert '<tbody class="nw2">' in written
    assert '<td data-l="性别" class="num">男</td><td></td></tr>' in written


def test_a_filter_bar_keeps_what_was_typed_and_chosen():
    q, place = Bar(data={"q": "王", "place": "7"})
    assert ui.filter_field(q).startswith('<div class="f f-wide">')
    assert 'value="王"' in ui.filter_field(q)
    assert '<option value="7" selected>' in ui.filter_field(place)
    assert "错误：" in ui.filter_field(Bar(data={"place": "8"})["place"])


# ── In a browser ──


def _open(chromium, html, width):
    """The page at that width, its static files from the tree, any other address refused."""

    def answer(route):
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/"):
            route.fulfill(path=ROOT / path.lstrip("/"))
        else:
            route.abort()

    page = chromium.new_page(viewport={"width": width, "height": 780})
    page.route("**/*", answer)
    page.goto("http://desk.test/")
    return page


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "choices"),
    [
        (1366, {"bound": True}),
        (683, {}),
        (360, {"bound": True}),
        (360, {"text_size": "l", "body_class": "roomy"}),
        (320, {"bound": True, "text_size": "xl"}),
    ],
)
def test_the_gallery_is_reachable_for_all(chromium, width, choices):
    page = _open(chromium, _gallery(**choices), width)
    assert look.axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width <= 640:
        assert look.small_targets(page) == []
    if choices.get("bound"):
        page.wait_for_selector("#errors:focus")
    page.close()


PALE = "color: #ccc; background: #fff"


@pytest.mark.browser
@pytest.mark.parametrize(
    "one",
    [
        f'<tr><td style="{PALE}">看不清</td></tr>',
        f'<tr style="{PALE}"><td>看不清</td></tr>',
        f'<tr><td><span style="{PALE}">看不清</span></td></tr>',
        '<tr style="background: #333"><td>看不清</td></tr>',
        '<tr style="opacity: .3"><td>看不清</td></tr>',
        f'<tr><td><input aria-label="看不清" value="看不清" style="{PALE}"></td></tr>',
    ],
)
def test_among_many_alike_the_one_that_is_hard_to_read_is_seen(chromium, one):
    """Only two of a kind are looked at: a row that is painted otherwise is another kind, however late it comes."""
    shown, hidden = "<tr><td>看得清</td></tr>" * 30, f'<tr hidden style="{PALE}"><td>看不清</td></tr>' * 5
    page = chromium.new_page()
    page.set_content(f"<title>表</title><main><h1>表</h1><table>{hidden}{shown}</table></main>")
    assert "color-contrast" not in dict(look.axe(page))
    page.set_content(f"<title>表</title><main><h1>表</h1><table>{hidden}{shown}{one}</table></main>")
    assert "color-contrast" in dict(look.axe(page))
    page.close()
