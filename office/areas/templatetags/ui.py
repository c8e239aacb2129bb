"""The small vocabulary of the templates: icons, state words, dates and masked phones as the office writes them.

`{% load ui %}` gives `{% icon %}`, `{% badge %}`, `{% error_summary %}` and the filters `cn_date`, `dotted`,
`month_day`, `weekday`, `day_time` and `mask_phone`. An absent value shows as nothing, so that a template need not
ask first; moments show in local time.
"""

from functools import cache

from django import forms, template
from django.core.exceptions import NON_FIELD_ERRORS
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join

from office.chinese import dates, masking

register = template.Library()

# The symbols of static/icons.svg; a word that is not here is a mistake in a template.
_ICON_WORDS = """
mark find help person people building meeting calendar clock folder book stamp
plus check cross ok info warn edit undo download upload print phone lock eye list tray left right
"""
ICONS = frozenset(_ICON_WORDS.split())
# A hidden field is nothing the reader could mend.
TORN = "这张表不完整，请重新打开这一页再写。"
KINDS = frozenset(("ok", "warn", "err", "info", "plain"))


@register.simple_tag
def icon(name, css_class="ic"):
    """The icon `name`, decoration only: the words beside it carry the meaning."""
    return _icon(name, css_class)


@cache  # 一页有十几个图标，地址在进程里不变
def _icon(name, css_class):
    if name not in ICONS:
        raise ValueError(f"static/icons.svg has no icon {name!r}")
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css_class,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def select(field):
    """The select of a form's field, for filter bars; Django's own renders a template for each of a town's places."""
    chosen = str(field.value() or "")
    return format_html(
        '<select name="{}" class="form-select" id="{}">{}</select>',
        field.html_name,
        field.id_for_label,
        _options(field.field.choices, chosen),
    )


def _options(choices, chosen):
    return format_html_join("", "{}", ([_option(value, label, chosen)] for value, label in choices))


def _option(value, label, chosen):
    if isinstance(label, (list, tuple)):
        return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
    if str(value) == chosen:
        return format_html('<option value="{}" selected>{}</option>', value, label)
    return format_html('<option value="{}">{}</option>', value, label)


@register.inclusion_tag("components/badge.html")
def badge(word, kind="plain"):
    """A state word with its mark. Kinds: ok done, warn soon or unfinished, err late or refused, info waiting, plain."""
    if word and kind not in KINDS:
        raise ValueError(f"a badge has no kind {kind!r}")
    return {"word": word, "kind": kind}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms):
    """Every error of the given forms and formsets, each with a link to its field. Absent ones are passed over."""
    return {"errors": [error for form in forms if form for error in _errors_of(form)]}


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


def _errors_of(form_or_formset):
    """Errors as {anchor, text}, in the order of the page; anchor is empty where nothing on the page can be reached."""
    if hasattr(form_or_formset, "management_form"):
        return _formset_errors(form_or_formset)
    return _form_errors(form_or_formset)


def _formset_errors(formset):
    if not formset.is_bound:
        return []
    found = [{"anchor": "", "text": text} for text in formset.non_form_errors()]
    for number, form in enumerate(formset.forms, start=1):
        found += [error | {"text": f"第{number}条 {error['text']}"} for error in _form_errors(form)]
    return found


def _form_errors(form):
    found = [{"anchor": form_anchor(form), "text": text} for text in form.non_field_errors()]
    for field in form.visible_fields():
        label = f"{field.label}：" if field.label else ""
        found += [{"anchor": _field_anchor(field), "text": f"{label}{text}"} for text in field.errors]
    return found + [{"anchor": "", "text": text} for text in dict.fromkeys(_unseen_errors(form))]


def _unseen_errors(form):
    """What is wrong in hidden fields: the field's own words where it has some."""
    faults = form.errors.as_data()
    for field in form.hidden_fields():
        usual = {code: str(words) for kind in type(field.field).__mro__ for code, words in _usual_words(kind)}
        for fault in faults.get(field.name, ()):
            text = fault.messages[0]
            is_own = fault.code is None or fault.code in usual and text != usual[fault.code]
            yield text if is_own else TORN


def _usual_words(kind):
    return getattr(kind, "default_error_messages", {}).items()


@register.filter
def form_anchor(form):
    """The id under which templates/bootstrap5/errors.html shows the errors of the form as a whole."""
    return f"{form.prefix}-{NON_FIELD_ERRORS}" if form.prefix else NON_FIELD_ERRORS


def _field_anchor(field):
    """The id of the field's control, of the first one of a group, or of the box around it."""
    if field.id_for_label:
        return field.id_for_label
    if isinstance(field.field.widget, forms.widgets.ChoiceWidget) and field.subwidgets:
        return field.subwidgets[0].id_for_label
    return f"div_{field.auto_id}"
