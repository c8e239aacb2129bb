"""公文: the list, one document, writing it, answering a 请示, its 发文稿纸."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from documents import listing, pages
from documents.filters import DocumentFilter
from documents.forms import DocumentForm, ReasonForm, StartForm
from documents.permissions import (
    DRAFTERS,
    HANDLERS,
    READERS,
    TEMPLATE_KEEPERS,
    colleagues_for,
    issuers_of,
    lacks_a_signer,
    rights,
)
from office.areas.models import Body
from office.papers import documents as deeds
from office.papers.models import Document, Kind


@require_safe
@open_to(*READERS)
def documents(request):
    """公文列表, newest first."""
    bar = DocumentFilter(request.GET, user=request.user, queryset=Document.objects.visible_to(request.user))
    rows, neighbours = listing.documents(bar.qs, request)
    context = {
        "filter": bar,
        "rows": rows,
        "drafts": request.user.has_role(*DRAFTERS),
        "keeps_templates": request.user.has_role(*TEMPLATE_KEEPERS),
        "crumbs": pages.crumbs()[:1],
        **neighbours,
    }
    return render(request, "documents/list.html", context)


@require_safe
@open_to(*READERS)
def document(request, pk):
    """One document: how it will look, how far it is, what the reader may do."""
    found = visible(request.user, pk)
    return render(request, "documents/document.html", page_of(request.user, found))


def visible(user, pk):
    """The document, for somebody who may see it (404 else)."""
    shown = Document.objects.visible_to(user).select_related("issuer", "drafted_by", "reviewed_by", "signed_by")
    return get_object_or_404(shown, pk=pk)


def page_of(user, found, **more):
    """The context of documents/document.html."""
    may, layout = rights(user, found), deeds.layout_of(found)
    asks = may.write or may.review or may.sign
    home = pages.home_of(found)
    return {
        "document": found,
        "case_url": "" if home == reverse("document", args=[found.pk]) else home,
        "may": may,
        "drafter": found.drafted_by_id == user.pk,
        "missing": pages.missing(found, may),
        "lone_signer": _lone_signer(found),
        "undrawable": deeds.missing_glyphs(layout.text) if asks else [],
        "steps": pages.steps(found),
        "replies": list(found.replies.visible_to(user).order_by("id")),
        "asked": Document.objects.visible_to(user).filter(pk=found.answers_id).first() if found.answers_id else None,
        "form": ReasonForm(initial={"version": found.version}),
        "crumbs": pages.crumbs(),
        **pages.shown(found, layout),
        **more,
    }


def _lone_signer(found):
    """What is missing where a document's signer drafted it; "" elsewhere."""
    if not lacks_a_signer(found):
        return ""
    names = "、".join(colleagues_for(found, timezone.localdate()).order_by("id").values_list("name", flat=True))
    if names:
        return f"{found.drafted_by.name}拟的稿自己不能签发：请{names}点“接手拟稿”，再签发。"
    return f"{found.drafted_by.name}拟的稿自己不能签发，这里没有别的同志能接手：请系统管理员给一位同志开账号，接手后再签发。"


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*DRAFTERS)
def document_new(request):
    """起草: first in whose name and what kind, then the text."""
    issuers = issuers_of(request.user)
    chosen = request.GET if {"kind", "next"} & set(request.GET) else None
    start = StartForm(chosen, issuers=issuers)
    if not start.is_valid():
        if request.method == "POST":
            messages.warning(request, "请先选文种和发文机关。")
            return redirect("document_new")
        start = start if start.is_bound else StartForm(issuers=issuers, initial={"issuer": issuers.first()})
        return render(request, "documents/start.html", {"form": start, "crumbs": pages.crumbs()})
    kind, issuer = Kind(start.cleaned_data["kind"]), start.cleaned_data["issuer"]
    form = DocumentForm(request.POST if request.method == "POST" else None, kind=kind, issuer=issuer)
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"]
        begun = deeds.draft(kind=kind, issuer=issuer, by=request.user, token=token, **form.content)
        if not Document.objects.visible_to(request.user).filter(pk=begun.pk).exists():
            raise PermissionDenied
        messages.success(request, "已保存为公文稿，还没有送审。")
        return redirect("document", begun.pk)
    return render(request, "documents/write.html", _writing(form, kind, issuer, crumbs=pages.crumbs()))


def _writing(form, kind, issuer, **more):
    return {"form": form, "kind": kind.label, "issuer": issuer, **more}


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*HANDLERS)
def document_edit(request, pk):
    """修改公文稿, by its drafter while it is open."""
    found = visible(request.user, pk)
    if found.drafted_by_id != request.user.pk:
        raise PermissionDenied("公文稿只由拟稿人修改。")
    if not rights(request.user, found).write:
        messages.info(request, f"这份公文现在是“{found.get_state_display()}”，不能改；要改先撤回。")
        return redirect("document", found.pk)
    kind = Kind(found.kind)
    if request.method != "POST":
        form = DocumentForm(initial=_written(found), kind=kind, issuer=found.issuer)
        return render(request, "documents/write.html", _about(form, kind, found))
    form = DocumentForm(request.POST, kind=kind, issuer=found.issuer)
    if not form.is_valid():
        return render(request, "documents/write.html", _about(form, kind, found))
    version = form.cleaned_data["version"]
    try:
        deeds.write(found, version=-1 if version is None else version, by=request.user, **form.content)
    except deeds.ChangedMeanwhile as conflict:
        data = request.POST.copy()
        data["version"] = conflict.document.version
        form = DocumentForm(data, kind=kind, issuer=found.issuer)
        theirs = {"theirs": deeds.typed_text(conflict.document), "their_title": conflict.document.title}
        return render(request, "documents/write.html", _about(form, kind, found) | theirs, status=409)
    except ValueError as refused:
        messages.warning(request, str(refused))
        return redirect("document", found.pk)
    messages.success(request, "已保存，还没有送审。")
    return redirect("document", found.pk)


def _about(form, kind, found):
    return _writing(form, kind, found.issuer, document=found, crumbs=pages.crumbs(found))


def _written(found):
    content = {name: getattr(found, name) for name in deeds.ELEMENTS}
    recipients = list(found.recipients.values_list("community", flat=True))
    return content | {"text": deeds.typed_text(found), "recipients": recipients, "version": found.version}


@require_POST
@open_to(*DRAFTERS)
def document_reply(request, pk):
    """写批复: the town's answer to a community's 请示, begun with what is known."""
    asked = visible(request.user, pk)
    if not rights(request.user, asked).reply:
        raise PermissionDenied
    if begun := asked.replies.exclude(state="void").order_by("id").first():
        messages.info(request, "这份请示的批复已经起草。")
        return redirect("document", begun.pk)
    begun = deeds.draft(
        kind=Kind.REPLY,
        issuer=Body.objects.get(town=asked.town_id, kind=Body.Kind.TOWN_COMMITTEE, ends_on=None),
        title=asked.title.removesuffix("的请示") + "的批复",
        addressee=asked.issuer.short_name,
        text=f"你委《{asked.title}》（{asked.number}）收悉。经研究，现批复如下。\n此复。",
        answers=asked,
        source=asked,
        recipients=[asked.community],
        by=request.user,
    )
    return redirect("document_edit", begun.pk)


@require_safe
@open_to(*READERS)
def document_slip(request, pk):
    """发文稿纸: the document's way on one sheet, to be printed."""
    found = visible(request.user, pk)
    rows = pages.localised(found.steps.select_related("by").order_by("id"))
    context = {
        "document": found,
        "layout": deeds.layout_of(found),
        "steps": list(rows),
        "day": timezone.localdate(),
        "crumbs": pages.crumbs(found),
    }
    return render(request, "documents/slip.html", context)
