"""What the page of one import shows: counts as tabs, lines ready to print, questions, progress."""

from django.urls import reverse
from django.utils import timezone

from accounts import import_faults
from office.areas.pages import address_of, page
from office.chinese.dates import cn_date
from office.imports import error_copies, files, holding, jobs, undoing
from office.imports.kinds import kind_called
from office.imports.models import ONCE_APPLIED, SAVED, Action, State

BATCH_COLUMNS = (
    "id", "file_name", "kind", "state", "community__name", "town__name", "uploaded_at", "uploaded_by__name", "new", "changed", "faulty", "asking",
)  # fmt: skip
STATE_KINDS = {
    State.READING: "info",
    State.READY: "warn",
    State.APPLYING: "info",
    State.APPLIED: "ok",
    State.UNDOING: "info",
    State.UNDONE: "plain",
    State.REFUSED: "err",
    State.DISCARDED: "plain",
}
STATES = dict(State.choices)
ALWAYS_SHOWN = (Action.NEW, Action.CHANGED, Action.UNCHANGED, Action.FAULTY)
# 先看要人动手的。
FIRST_LOOKED_AT = (Action.ASKING, Action.FAULTY, Action.NEW, Action.CHANGED, Action.ASIDE, Action.UNCHANGED)
RADIOS = 4  # choices beyond these become a list to pick from


def batch_lines(rows):
    """The rows of a list of batches, ready to print."""
    address = address_of("import_batch")
    return [
        {
            "url": address(row["id"]),
            "file": row["file_name"],
            "what": kind_called(row["kind"]).title,
            "place": row["community__name"] or row["town__name"],
            "at": day_time(row["uploaded_at"]),
            "by": row["uploaded_by__name"],
            "words": _batch_words(row),
            "state": STATES[row["state"]],
            "colour": STATE_KINDS[row["state"]],
        }
        for row in rows
    ]


def _batch_words(row):
    if row["state"] in ONCE_APPLIED:
        unit = kind_called(row["kind"]).unit
        return f"新增 {row['new']} {unit}，更新 {row['changed']} {unit}"
    if row["state"] == State.READY:
        return f"可导入 {row['new'] + row['changed']} 行，有错 {row['faulty']} 行"
    if row["state"] == State.DISCARDED and not any(row[key] for key in ("new", "changed", "faulty", "asking")):
        return "没有变化"
    return ""


def day_time(moment):
    local = timezone.localtime(moment)
    return f"{cn_date(local)} {local:%H:%M}"


def nothing_changes(batch):
    """Whether the file was read to its end and would do nothing."""
    return batch.state == State.READY and not (batch.to_save or batch.held_back)


def place_of(batch):
    """The community the file was handed in for, or the whole town."""
    return batch.community or batch.town


def upload_url(batch):
    """The page where the next file of this kind is handed in for the same place."""
    of_community = f"?community={batch.community_id}" if batch.community_id else ""
    return f"{reverse(kind_called(batch.kind).address)}{of_community}"


def batch_context(batch, request):
    """Everything the page of the batch needs, its template included."""
    stuck = jobs.is_stuck(batch)
    kind = kind_called(batch.kind)
    context = {
        "batch": batch,
        "kind": kind,
        "place": place_of(batch),
        "upload_url": upload_url(batch),
        "state": STATES[batch.state],
        "state_kind": STATE_KINDS[batch.state],
        "uploaded": f"{batch.uploaded_by.name} {day_time(batch.uploaded_at)}上传",
        "refreshes": batch.is_at_work and not stuck,
    }
    if batch.is_at_work:
        return context | {"template": "imports/progress.html", "stuck": stuck} | _progress(batch)
    if batch.state in (State.REFUSED, State.DISCARDED):
        return context | {"template": "imports/closed.html", "words": batch.refusal or holding.WORDS[batch.state]}
    context |= _lines(batch, request)
    if batch.state == State.READY:
        return context | {"template": "imports/preview.html"} | _error_file(batch, context)
    return context | {
        "template": "imports/result.html",
        "receipt": _receipt(batch, kind),
        "list_url": reverse(kind.list_address),
        "next_steps": [{"url": reverse(address), "words": words} for address, words in kind.next_steps],
        "may_undo": undoing.may_undo(batch),
        "undo_refused": undoing.why_refused(batch),
    }


def _progress(batch):
    build, title = batch.build, STATES[batch.state]
    if build and build.progress_total:
        words = f"{title}第 {build.progress_done:,} 行，共 {build.progress_total:,} 行。"
        return {"title": title, "words": words, "done": build.progress_done, "total": build.progress_total}
    size = f"{batch.to_save:,} 行" if batch.state == State.UNDOING else f"{batch.size:,} 行左右"
    return {"title": title, "words": f"{title}，共 {size}。", "why": build.error if build else ""}


def _error_file(batch, context):
    """Whether the marked copy can be had at once, is being made, or has to be asked for."""
    if batch.size <= jobs.AT_ONCE or files.error_file(batch) is not None:
        return {"error_file": "ready"}
    build = error_copies.error_file_build(batch)
    if build and build.is_live:
        return {"error_file": "making", "refreshes": True}
    return {"error_file": "ask", "error_file_failed": build.error if build else ""}


def _receipt(batch, kind):
    rows = [{"label": action.label, "value": f"{getattr(batch, action)} {kind.unit}"} for action in ALWAYS_SHOWN[:3]]
    if left_out := batch.held_back + batch.aside:
        rows.append({"label": "没有导入", "value": f"{left_out} 行"})
    rows.append({"label": "导入", "value": f"{batch.applied_by.name} {day_time(batch.applied_at)}"})
    if batch.state == State.UNDONE:
        rows.append({"label": "撤销", "value": f"{batch.undone_by.name} {day_time(batch.undone_at)}"})
    return rows


def _lines(batch, request):
    """The counts as tabs, and one page of what stands under the chosen one."""
    chosen = request.GET.get("tab", "")
    present = [action for action in FIRST_LOOKED_AT if getattr(batch, action)]
    if batch.state in ONCE_APPLIED:
        present = [action for action in SAVED if getattr(batch, action)]
    current = chosen if chosen in Action.values else next(iter(present), Action.NEW)
    address = request.path
    tabs = [
        {"label": action.label, "count": getattr(batch, action), "url": f"{address}?tab={action}", "current": action == current}
        for action in Action
        if action in ALWAYS_SHOWN or getattr(batch, action) or action == current
    ]  # fmt: skip
    context = {"tabs": tabs, "tab": current, "tab_label": Action(current).label}
    if current == Action.ASKING and batch.state == State.READY:
        found = page(batch.questions.all(), request, key="row", columns=("key", "rows", "text", "choices", "answer"))
        return context | {"page": found, "questions": [_question(row) for row in found.rows]}
    if current == Action.FAULTY:
        return context | _faults(batch.lines.filter(action=current), request)
    found = page(batch.lines.filter(action=current), request, key="row", columns=("name", "shown"))
    return context | {"page": found, "lines": [_line(row) for row in found.rows]}


def _faults(lines, request):
    """One line for each kind of fault; of a chosen kind (?column=…&fault=…) all its cells, by the page."""
    column, fault = request.GET.get("column", ""), request.GET.get("fault", "")
    if not fault:
        return {"faults": import_faults.kinds(lines)}
    found = import_faults.of_kind(lines, column, fault, request)
    return {"page": found, "fault": fault, "cells": [cell for line in found.rows for cell in line["cells"]]}


def _question(row):
    as_list = len(row["choices"]) > RADIOS
    return {
        "name": f"q-{row['key']}",
        "id": f"q{row['id']}",
        "text": row["text"],
        "where": f"第 {row['row']} 行" + (f"等 {row['rows']} 行" if row["rows"] > 1 else ""),
        "choices": [{"value": value, "words": words, "chosen": value == row["answer"]} for value, words in row["choices"]],
        "as_list": as_list,
        "remembered": next((words for value, words in row["choices"] if value == row["answer"]), ""),
    }  # fmt: skip


def _line(row):
    shown = row["shown"]
    return {
        "row": row["row"],
        "name": row["name"],
        "changes": [_change_words(*change) for change in shown["changes"]],
        "notes": shown["notes"],
    }


def _change_words(label, before, after):
    return {"label": label, "before": before, "after": after}
