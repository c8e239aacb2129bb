"""发文登记簿, and the 机关代字 its numbers begin with."""

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import open_to
from documents import listing
from documents.filters import RegisterFilter
from documents.forms import WordForm
from documents.pages import crumbs
from documents.permissions import READERS, WORD_KEEPERS, issuers_kept_by
from office.papers import documents as deeds
from office.papers.models import DocumentNumber, IssuerWord, Kind, NumberRegister


@require_safe
@open_to(*READERS)
def document_register(request):
    """Every number that was given, withdrawn ones as 作废 with the reason."""
    bar = RegisterFilter(request.GET, user=request.user, queryset=DocumentNumber.objects.visible_to(request.user))
    rows, neighbours = listing.numbers(bar.qs, request)
    keeps = request.user.has_role(*WORD_KEEPERS)
    context = {"filter": bar, "rows": rows, "keeps": keeps, "crumbs": crumbs(), **neighbours}
    return render(request, "documents/register.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*WORD_KEEPERS)
def document_words(request):
    """机关代字: what stands, and one form to set another."""
    issuers, year = issuers_kept_by(request.user), timezone.localdate().year
    form = WordForm(request.POST if request.method == "POST" else None, issuers=issuers)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            kept = deeds.set_word(
                given["issuer"],
                given["kind"],
                given["word"],
                by=request.user,
                used_before=given["used_before"],
                year=year,
            )
        except ValueError as refused:
            form.add_error("word", str(refused))
        except IntegrityError:  # 两个人同时设了同一个代字
            form.add_error("word", "这个代字刚才有人用了，换一个。")
        else:
            messages.success(request, f"{kept.issuer}的{kept.get_kind_display()}用“{kept.word}”。")
            return redirect("document_words")
    context = {"form": form, "rows": _words(issuers, year), "year": year, "crumbs": crumbs()}
    return render(request, "documents/words.html", context)


def _words(issuers, year):
    """One row an issuer and kind with a word: the word, and the next number of the year."""
    own = {body.pk: body for body in issuers}
    last = dict(NumberRegister.objects.filter(issuer__in=own, year=year).values_list("word", "last"))
    kept = IssuerWord.objects.filter(issuer__in=own).order_by("issuer__community__position", "issuer", "id")
    return [
        {
            "issuer": own[word.issuer_id].name,
            "kind": Kind(word.kind).label,
            "word": word.word,
            "next": NumberRegister(word=word.word, year=year).label(last.get(word.word, 0) + 1),
        }
        for word in kept
    ]
