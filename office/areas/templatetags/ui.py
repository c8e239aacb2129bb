"""The small vocabulary of the templates: icons, state words, dates and masked phones as the office writes them.

`{% load ui %}` gives `{% icon %}`, `{% badge %}`, `{% card_header %}`, `{% error_summary %}` and the filters `cn_date`, `dotted`,
`month_day`, `weekday`, `day_time` and `mask_phone`. An absent value shows as nothing, so that a template need not
ask first; moments show in local time. What a page has dozens of is written here and not in a template, which takes ten
times as long for it: `{% lines %}` of a table, `{% task %}` lines, the `{% filter_field %}`s of a filter bar.
"""

from functools import cache, partial
from html import escape

from django import forms, template
from django.forms.utils import flatatt
from django.template.base import token_kwargs
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html

from office.areas.form_errors import errors_of, form_anchor
from office.chinese import dates, masking

register = template.Library()
register.filter(form_anchor)

# The symbols of static/icons.svg; a word that is not here is a mistake in a template.
_ICON_WORDS = """
mark find help person people building meeting calendar clock folder book stamp
plus check cross ok info warn edit undo download upload print phone lock eye list tray left right
"""
ICONS = frozenset(_ICON_WORDS.split())
METER = (
    '<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
    '<rect width="100" height="4"/><rect width="{}" height="4"/></svg>'
)
NARROW = 16  # 不超过这么多字符宽的列不折行
KINDS = frozenset(("ok", "warn", "err", "info", "plain"))


@register.simple_tag
@cache  # 地址在进程里不变
def asset(path):
    """The address of a file in static/."""
    return static(path)


@register.simple_tag
def icon(name, css_class="ic"):
    """The icon `name`, decoration only: the words beside it carry the meaning."""
    return _icon(name, css_class)


@cache  # 一页有十几个图标，地址在进程里不变
def _icon(name, css_class):
    if name not in ICONS:
        raise ValueError(f"static/icons.svg has no icon {name!r}")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css_class,
        static("icons.svg"),
        name,
    )


class _Written(template.Node):
    """What a function writes from the tag's arguments; as every node it escapes what it writes out itself."""

    def __init__(self, write, parser, token):
        self.write, self.arguments, self.named = write, [], {}
        for bit in token.split_contents()[1:]:
            if named := token_kwargs([bit], parser):
                self.named |= named
            else:
                self.arguments.append(parser.compile_filter(bit))

    def render(self, context):
        named = {name: argument.resolve(context) for name, argument in self.named.items()}
        return self.write(*[argument.resolve(context) for argument in self.arguments], **named)


def writes(function):
    """Make a tag of a function that returns finished HTML, every word escaped.

    For what a page has hundreds of: format_html() looks at each word for lazy ones and finished HTML, and takes five
    times as long.
    """
    register.tag(function.__name__, partial(_Written, function))
    return function


@writes
def select(field):
    """The select of a form's field; Django's own renders a template for each of a town's places."""
    options = _options(field.field.choices, str(field.value() or ""))
    return f'<select name="{field.html_name}" class="form-select" id="{field.id_for_label}">{options}</select>'


@writes
def filter_field(field):
    """A select or a text box of a filter bar with its label; an error stands between them."""
    wide = " f-wide" if "w-wide" in field.field.widget.attrs.get("class", "") else ""
    label = f'<label class="form-label" for="{field.id_for_label}">{escape(str(field.label))}</label>'
    if errors := field.errors:
        label += f'<span class="invalid-feedback" id="{field.auto_id}_error">错误：{escape(errors[0])}</span>'
    return f'<div class="f{wide}">{label}{_control(field)}</div>'


def _control(field):
    widget, value = field.field.widget, field.value()
    if isinstance(widget, forms.Select):
        return select(field)
    given = {"type": widget.input_type, "name": field.html_name, "id": field.id_for_label} | widget.attrs
    classes = filter(None, [widget.attrs.get("class"), "form-control", field.errors and "is-invalid"])
    given |= {"class": " ".join(classes), "value": widget.format_value(value)}
    return f"<input{flatatt(field.build_widget_attrs(given))}>"


def _options(choices, chosen):
    return "".join([_option(value, label, chosen) for value, label in choices])


def _option(value, label, chosen):
    value = str(value)
    if isinstance(label, (list, tuple)):
        return f'<optgroup label="{escape(value)}">{_options(label, chosen)}</optgroup>'
    return f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(str(label))}</option>'


@writes
def badge(word, kind="plain"):
    """A state word with its mark. Kinds: ok done, warn soon or unfinished, err late or refused, info waiting, plain."""
    if not word:
        return ""
    if kind not in KINDS:
        raise ValueError(f"a badge has no kind {kind!r}")
    return f'<span class="badge{"" if kind == "plain" else f" b-{kind}"}">{escape(str(word))}</span>'


@writes
def tab(item):
    """One of components/tabs.html."""
    current = ' aria-current="page"' if item.get("current") else ""
    count = "" if item.get("count") in (None, "") else f' <span class="count">{escape(str(item["count"]))}</span>'
    return f'<li><a href="{escape(item["url"])}"{current}>{escape(item["label"])}{count}</a></li>'


@writes
def task(item):
    """One line of components/tasks.html, which says what an item has."""
    verb, why = item.get("verb"), item.get("why")
    what = (f"<b>{escape(verb)}</b>：" if verb else "") + escape(str(item.get("object", "")))
    opens, closes = (
        (f'<a class="t" href="{escape(item["url"])}">', "</a>") if item.get("url") else ('<span class="t">', "</span>")
    )
    about = f'<p class="why">{escape(str(why))}</p>' if why else ""
    mark = badge(item.get("state"), item.get("kind") or "plain")
    late = ' class="late"' if item.get("late") else ""
    return f"<li{late}><div>{opens}<span>{what}</span>{closes}{about}</div>{mark}</li>"


@writes
def fact(item, wide=False):
    """One number of components/facts.html, which says what an item has."""
    label, value, whole = (escape(str(item.get(part, ""))) for part in ("label", "value", "of"))
    has_whole = item.get("of") not in (None, "")
    unit = f" {escape(item['unit'])}" if item.get("unit") else ""
    number = f"<b>{value}</b>"
    if item.get("url"):
        inside, unit = (unit, "") if not item.get("of") else ("", unit)
        about = f'<span class="visually-hidden">：看{label}是哪些</span>'
        number = f'<a href="{escape(item["url"])}">{number}{inside}{about}</a>'
    note, percent = escape(str(item.get("note") or "")), None if wide else item.get("percent")
    if percent not in (None, ""):
        note = METER.format(int(percent)) + note
    note = f'<dd class="note">{note}</dd>' if note else ""
    return f"<div><dt>{label}</dt><dd>{number}{f' / {whole}' if has_whole else ''}{unit}</dd>{note}</div>"


@writes
def have(item):
    """One line of components/yn.html."""
    label = escape(str(item["label"]))
    if item.get("has"):
        return f'<li>{icon("check")}<span class="visually-hidden">有</span>{label}</li>'
    return f'<li class="x">{icon("cross")}缺{label}</li>'


@writes
def lines(columns, rows, numbers=""):
    """Head and rows of a table.table-stack whose cells are plain words; on a phone each says its column's name.

    `columns` are those of the file as which the list leaves (office.sheets.columns.Column). The first is the name: it
    links to row["url"] and bears row["status"]. Narrow columns do not wrap; `numbers` names one that stands right.
    """
    first, *others = columns
    sides = {column.key: ' class="num"' if column.key == numbers else "" for column in columns}
    heads = [f'<th scope="col"{sides[column.key]}>{escape(column.title)}</th>' for column in columns]
    starts = [(column.key, f'<td data-l="{escape(column.title)}"{sides[column.key]}>') for column in others]
    narrow = [f"nw{place}" for place, column in enumerate(others, start=2) if column.width <= NARROW]
    html = [f'<thead><tr>{"".join(heads)}</tr></thead>\n<tbody class="{" ".join(narrow)}">']
    for row in rows:
        mark = f" {badge(row['status'])}" if row.get("status") else ""
        html.append(f'<tr><th scope="row"><a href="{escape(row["url"])}">{escape(row[first.key])}</a>{mark}</th>')
        html += [f"{start}{escape(row[key])}</td>" if row[key] else "<td></td>" for key, start in starts]
        html.append("</tr>")
    return "".join([*html, "</tbody>"])


@writes
def card_header(title, id="", level=2, note="", url="", link="", about=""):
    """Head line of a card. `id` is for the section's aria-labelledby; at the right stands one of `note` (a word or
    count) and `url` + `link`, with `about`, what the link is about, read out only."""
    named, right = (f' id="{escape(id)}"' if id else ""), ""
    if url:
        read_out = f'<span class="visually-hidden">：{escape(str(about))}</span>' if about else ""
        right = f'<a href="{escape(url)}">{escape(str(link))}{read_out}</a>'
    elif note:
        right = f'<span class="hint">{escape(str(note))}</span>'
    return f'<div class="card-header"><h{level}{named}>{escape(str(title))}</h{level}>{right}</div>'


@writes
def error_summary(*forms):
    """Every error of the given forms and formsets, each with a link to its field. Absent ones are passed over."""
    errors = errors_of(*forms)
    return render_to_string("components/error_summary.html", {"errors": errors}) if errors else ""


@writes
def printed_at():
    """2026年1月5日 10:21, the moment a page is printed from."""
    now = timezone.localtime()
    return f"{now.year}年{now.month}月{now.day}日 {now:%H:%M}"


@register.filter(expects_localtime=True)
def cn_date(day, precision="d"):
    """2026年1月5日; precision `m` gives 2026年1月, `y` gives 2026年."""
    return dates.cn_date(day, precision) if day else ""


@register.filter(expects_localtime=True)
def dotted(day):
    """2026.01.05, for columns."""
    return dates.dotted(day) if day else ""


@register.filter(expects_localtime=True)
def month_day(day):
    """1月5日, where the year is plain from the page."""
    return dates.cn_month_day(day) if day else ""


@register.filter(expects_localtime=True)
def weekday(day):
    """星期一."""
    return dates.weekday(day) if day else ""


@register.filter(expects_localtime=True)
def day_time(moment):
    """2026年1月5日 10:21."""
    return f"{dates.cn_date(moment)} {moment:%H:%M}" if moment else ""


@register.filter
def mask_phone(number):
    """138****8000."""
    return masking.mask_phone(number) if number else ""
