"""The trail in words: what kind of object, which field, from what to what."""

import re

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone

from office.audit.words import sentence
from office.chinese.dates import dotted

ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
RESULTS = {"done": "", "refused": "未通过", "whole": "完整", "broken": "不完整"}
LONGEST = 60


def row_words(row):
    """What the page and the sheet show of one Trail row (a dict of its columns), all as text."""
    at = timezone.localtime(row["at"])
    return {
        "id": row["id"],
        "day": dotted(at),
        "time": f"{at:%H:%M:%S}",
        "actor": actor(row),
        "verb": sentence(row["verb"]),
        "kind": kind(row["model"]),
        "label": row["object_label"],
        "changes": changes(row["model"], row["changes"]),
        "reason": row["reason"],
        "result": RESULTS.get(row["result"], row["result"]),
        "address": row["address"],
        "model": row["model"],
        "object_id": row["object_id"],
    }


def actor(row):
    """A refused sign-in has no actor: whoever tried is not known."""
    return "未登录的人" if row["actor"] is None and row["verb"] == "accounts.sign_in_refused" else row["actor_name"]


def kind(label):
    """The Chinese name of a model by its label; a model that is gone shows as nothing."""
    model = _model(label)
    return str(model._meta.verbose_name) if model else ""


def changes(label, changed):
    """[“姓名：甲 → 乙”] for one row; what was empty and stayed so is not told."""
    model = _model(label)
    return [
        f"{_field_name(model, field)}：{_step(_field(model, field), pair)}"
        for field, pair in changed.items()
        if any(pair)
    ]


def _model(label):
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model, name):
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


OTHER_NAMES = {  # 变更里出现、而对象自己没有的栏目
    "role": "职责",
    "starts_on": "起",
    "ends_on": "止",
    "rows": "行数",
    "filters": "筛选",
    "communities": "社区",
    "compounds": "覆盖的小区",
    "files": "文件数",
    "first_broken": "从哪一条起",
    "queued": "重新排队",
}


def _field_name(model, name):
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    field = _field(model, name)
    return str(getattr(field, "verbose_name", "") or name)


def _step(field, values):
    """甲 → 乙; only 乙 where nothing was before."""
    words = [_value(field, value) or "空" for value in values]
    return " → ".join(words if values[0] not in ("", None) else words[1:])


def _value(field, value):
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    words = dict(getattr(field, "flatchoices", None) or ()).get(value, value)
    text = ISO_DAY.sub(r"\1.\2.\3", str(words))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
