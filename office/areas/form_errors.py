"""What is wrong in a form, told at the head of its page: each error with a link to its field."""

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.widgets import ChoiceWidget

# A hidden field is nothing the reader could mend.
TORN = "这张表不完整，请重新打开这一页再写。"


def errors_of(*forms):
    """Every error of the given forms and formsets as {anchor, text}, in the order of the page; anchor is empty where
    nothing on the page can be reached."""
    return [error for form in forms if form for error in _errors_in(form)]


def form_anchor(form):
    """The id under which templates/bootstrap5/errors.html shows the errors of the form as a whole."""
    return f"{form.prefix}-{NON_FIELD_ERRORS}" if form.prefix else NON_FIELD_ERRORS


def _errors_in(form_or_formset):
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
    if not form.errors:
        return []
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


def _field_anchor(field):
    """The id of the field's control, of the first one of a group, or of the box around it."""
    if field.id_for_label:
        return field.id_for_label
    if isinstance(field.field.widget, ChoiceWidget) and field.subwidgets:
        return field.subwidgets[0].id_for_label
    return f"div_{field.auto_id}"
