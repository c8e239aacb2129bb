"""录入会议: choose where and what, then everything on one page; changing it is the same page."""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import open_to
from accounts.roles import STAFF
from meetings import figures, filing, summary
from meetings.circle import NOT_EXPECTED, Place, circle_of, kinds_for, place_of, places_for
from meetings.filing_forms import (
    MOST_DECISIONS,
    MOST_GUESTS,
    FilingForm,
    extra_people,
    first_marks,
    first_values,
    kept_values,
    rows_in,
    values_of,
)
from meetings.models import Decision, Meeting
from meetings.permissions import (
    INNER,
    PUBLIC,
    WRITERS,
    may_change,
    may_file,
    may_release,
    may_write,
)
from members.models import Person
from office.areas.models import Body, Community, Compound
from office.chinese.names import clean_name
from office.drafts import keeping

NEW, CHANGE = "meeting", "meeting_change"  # 两种草稿
MOST_FOUND = 8
MOST_EARLIER = 10
# 第一步没选好的：说什么，点到哪一格。
SENT_BACK = {
    "what": {"text": "请选会议类型。", "anchor": "kind-1"},
    "where": {"text": "请选在哪里开。", "anchor": "at"},
    "elsewhere": {"text": "这种会议不在那里开，请重新选会议类型或地方。", "anchor": "at"},
}
ROUND_TRIPS = {"more", "more_guests", "seek", "open", "reasons", "later"}  # 不交、只是来回一趟的按钮


@require_safe
@open_to(*WRITERS)
def meeting_new(request):
    """录入会议, first: which kind and where. What was begun and not finished stands above."""
    user, today = request.user, timezone.localdate()
    places = places_for(user, today)
    kinds = kinds_for(user, places)
    kind = request.GET.get("kind", "")
    context = {
        "kinds": kinds,
        "kind": kind if kind in dict(kinds) else kinds[0][0] if kinds else "",
        "places": places,
        "at": request.GET.get("at", "") or (places[0].key if len(places) == 1 else ""),
        "drafts": _begun(user),
        "faults": [fault] if (fault := SENT_BACK.get(request.GET.get("said"))) else [],
        "crumbs": _crumbs(),
    }
    return render(request, "meetings/new.html", context)


def _begun(user):
    """The user's unfinished pages, as links."""
    from_drafts = keeping.Draft.objects.open_of(user).filter(kind__in=[NEW, CHANGE])[:MOST_FOUND]
    rows = []
    for draft in from_drafts:
        if draft.kind == CHANGE:
            if draft.key.isdecimal():
                rows.append((draft, "修改会议记录", reverse("meeting_change", args=[draft.key])))
            continue
        kind, _, at = draft.key.partition("~")
        place = place_of(at)
        if place and kind in Meeting.Kind.values:
            url = f"{reverse('meeting_file')}?kind={kind}&at={at}"
            rows.append((draft, f"{place} {Meeting.Kind(kind).label}", url))
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*WRITERS)
def meeting_file(request):
    """录入会议, then: one page. Without JavaScript the same, each button a round trip that keeps what is written."""
    kind, place = request.GET.get("kind", ""), place_of(request.GET.get("at", ""))
    if kind not in Meeting.Kind.values:
        return _choose_again("what", at=place.key if place else "")
    if place is None:
        return _choose_again("where", kind=kind)
    _door(request.user, place)
    if not place.takes(kind):
        return _choose_again("elsewhere", kind=kind, at=place.key)
    if not may_write(request.user, kind, place.ids):
        raise PermissionDenied
    return _Page(request, kind, place).answer()


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*WRITERS)
def meeting_change(request, pk):
    """A record or a handed-in draft, on the same page as it was entered."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    if not may_change(request.user, meeting):
        raise PermissionDenied
    return _Change(request, meeting).answer()


def _choose_again(said, **chosen):
    """Back to the first page, which keeps what was chosen and says what was not."""
    return redirect(f"{reverse('meeting_new')}?{urlencode({'said': said, **chosen})}")


def _door(user, place):
    """404 for a place the user does not see at all."""
    rows = [
        (Community, place.community.pk if not (place.branch or place.compound) else None),
        (Body, place.branch and place.branch.pk),
        (Compound, place.compound and place.compound.pk),
    ]
    seen = [model.objects.visible_to(user).filter(pk=pk).exists() for model, pk in rows if pk]
    if not any(seen):
        raise Http404


def _crumbs():
    return [{"label": "会议与事项", "url": reverse("meetings")}]


class _Page:
    """One request for the filing page. A page that changes a meeting (below) differs in what it starts from and does."""

    kind_of_draft = NEW

    def __init__(self, request, kind, place):
        self.request, self.user, self.kind, self.place = request, request.user, kind, place
        self.today = timezone.localdate()
        self.sent = request.POST if request.method == "POST" else None
        self.files = may_file(request.user, kind, place.ids)
        # 支部和小区的页小：名单点开才列，来宾和决定要几行加几行。
        self.is_light = not request.user.has_role(*STAFF)
        self.theirs = None
        self.extra = []

    # What this page is about

    @property
    def key(self):
        return f"{self.kind}~{self.place.key}"

    version = None

    @property
    def day(self):
        return self.today

    def numbered(self):
        return ()

    def _last_time(self):
        """The place of the last such meeting there."""
        held = Meeting.objects.filter(kind=self.kind, community=self.place.community, branch=self.place.branch)
        held = held.filter(compound=self.place.compound).exclude(place="")
        return held.order_by("-held_on", "-pk").values_list("place", flat=True).first() or ""

    def _secretary(self, circle):
        if self.place.branch is None:
            return None
        post = self.place.branch.posts.filter(title="secretary", ends_on=None).values_list("person", flat=True).first()
        return post if any(seat.person == post for seat in circle.seats) else None

    def open_decisions(self):
        """What earlier meetings there left open: the next one starts from it (N-10)."""
        if self.kind not in PUBLIC:
            return []
        return list(figures.open_decisions(Decision.objects.filter(compound=self.place.compound))[:MOST_EARLIER])

    # The answer

    def answer(self):
        if self.sent is None:
            return self._open()
        self.ticket = self._ticket()
        if "discard" in self.sent:
            keeping.discard(self.user, self.kind_of_draft, self.key)
            messages.success(self.request, "草稿已丢掉，从头写。")
            return redirect(self.request.get_full_path())
        self.extra = self._extra(extra_people(self.sent))
        if ROUND_TRIPS & self.sent.keys():
            return self._round_trip()
        return self._submit()

    def _ticket(self):
        ticket = keeping.opened(self.sent.get(keeping.TICKET, ""))
        own = ticket and (ticket.user, ticket.kind, ticket.key) == (self.user.pk, self.kind_of_draft, self.key)
        return ticket if own else keeping.ticket_for(self.user, self.kind_of_draft, self.key, version=self.version)

    def _keep(self):
        """Keep what was sent, whatever comes of it."""
        try:
            draft, self.ticket = keeping.keep(self.ticket, self.sent, keeping.count_of(self.sent) + 1)
        except keeping.NotKept as refused:
            messages.warning(self.request, str(refused))
            return
        self.ticket = replace(self.ticket, seen=draft.seq)

    def _open(self):
        draft = keeping.open_draft(self.user, self.kind_of_draft, self.key)
        self.ticket = keeping.ticket_for(self.user, self.kind_of_draft, self.key, version=self.version, draft=draft)
        if draft is None:
            return self._fresh()
        fields = keeping.fields_of(draft)
        self.extra = self._extra(extra_people(fields))
        return self._show(self._filled(fields), draft=draft)

    def _fresh(self):
        """The page as nobody wrote on it yet."""
        form = self._form(rows=self._rows(0, 0, spare=3 if self.kind in PUBLIC else 1))
        form.initial = first_values(form.circle, today=self.today, recorder=self.user.name, place=self._last_time())
        if secretary := self._secretary(form.circle):
            form.initial["chair"] = f"p{secretary}"
        return self._show(form)

    def _extra(self, ids):
        return list(Person.objects.visible_to(self.user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else []

    def named(self):
        """People whom the record names: they stay on the page, also when they have moved on since."""
        return ()

    def recorded(self):
        """person → what the record says they stood for."""
        return {}

    def took_part(self):
        """The bodies a record names."""
        return ()

    def marks(self, circle):
        """person → (status, reason) while nobody touches it."""
        return first_marks(circle)

    def _opened(self, circle):
        """The sides whose people stand on a page nobody wrote on yet: none on a light one; those who are not expected
        are many and stand there when asked for."""
        return [] if self.is_light else [side for side in circle.sides if side != NOT_EXPECTED]

    def _rows(self, guests, decisions, *, spare=1):
        """How many rows of guests and of decisions there are, empty ones to write on among them."""
        return (guests, max(decisions, 1)) if self.is_light else (guests + 1, decisions + spare)

    def _form(self, data=None, *, rows=(0, 1), opened=None):
        told = {"recorded": self.recorded(), "took_part": self.took_part()}
        circle = circle_of(self.kind, self.place, self.day, more=[*self.extra, *self.named()], **told)
        return FilingForm(
            data,
            circle=circle,
            marks=self.marks(circle),
            opened=self._opened(circle) if opened is None else opened,
            open_decisions=self.open_decisions(),
            numbered=self.numbered(),
            rows=rows,
        )

    def _filled(self, fields, *, guests=False, decisions=False, side=""):
        """The page as these fields say it, unjudged; with one more row of guests or decisions or one more side."""
        counts = rows_in(fields)
        rows = min(counts[0] + guests, MOST_GUESTS), min(counts[1] + decisions, MOST_DECISIONS)
        form = self._form(rows=rows, opened=[*fields.getlist("side"), side])
        form.initial = kept_values(fields, form)
        return form

    def _round_trip(self):
        """A button that does not hand in: rows and people more, a box for each reason, or put aside."""
        asked = ROUND_TRIPS & self.sent.keys()
        if "seek" in asked:
            self._seek()
        self.sent = self.sent.copy()
        self.sent.setlist("extra", [str(pk) for pk in self.extra])
        side = self.sent.get("open", "")
        for name in ROUND_TRIPS:
            self.sent.pop(name, None)
        self._keep()
        if "later" in asked:
            messages.success(self.request, f"已存为草稿 {timezone.localtime():%H:%M}，还没有录入。")
            return redirect("meeting_new")
        more = {"guests": "more_guests" in asked, "decisions": "more" in asked, "side": side}
        return self._show(self._filled(self.sent, **more))

    def _seek(self):
        """People of that name whom the user sees join the page; two of one name both, each with their compound."""
        name = clean_name(self.sent.get("sought", "")[:40])
        found = []
        if name:
            people = Person.objects.visible_to(self.user).found_by(name)
            found = list(people.order_by("strokes", "pk").values_list("pk", flat=True)[:MOST_FOUND])
        if found:
            self.extra = [*self.extra, *(pk for pk in found if pk not in self.extra)]
            messages.success(self.request, f"找到{len(found)}人，已列在“另外找到的”里，也可以选作责任人。")
        else:
            messages.warning(
                self.request, "没有找到这个人。不在系统里的，写在“来宾”里。" if name else "写上要找的姓名。"
            )

    def _submit(self):
        form = self._form(self.sent, opened=self.sent.getlist("side"))
        if not form.is_valid():
            self._keep()
            return self._show(form)
        minutes = form.minutes()
        if twin := self.twin(form, minutes):
            self._keep()
            form.add_error("held_on", "这一天已经录过一次，见下面的提示。")
            return self._show(form, twin=twin)
        try:
            meeting = self.act(form, minutes)
        except filing.ChangedMeanwhile as conflict:
            self._keep()
            return self._conflict(conflict.meeting)
        self._said(meeting)
        return redirect("meeting", pk=meeting.pk)

    def twin(self, form, minutes):
        """The same kind of meeting of that day on record already, unless the page says it is another one."""
        if "another" in self.sent or Meeting.objects.filter(uuid=self.ticket.uuid).exists():
            return None
        return filing.same_meeting(form.circle, minutes.held_on, ticket=self.ticket)

    def act(self, form, minutes):
        if self.files:
            return filing.file(minutes, form.circle, self.ticket, by=self.user)
        return filing.hand_in(minutes, form.circle, self.ticket, pending=self._pending(), by=self.user)

    def _pending(self):
        return {name: self.sent.getlist(name) for name in self.sent if name not in keeping.OWN_FIELDS}

    def _said(self, meeting):
        if meeting.state == Meeting.State.DRAFT:
            messages.success(self.request, "已交给社区核对，核对后才算录入。")
            return
        whole = "，全部到会" if meeting.expected and meeting.present == meeting.expected else ""
        messages.success(
            self.request,
            f"已录入：{meeting.get_kind_display()}，应到{meeting.expected}人，实到{meeting.present}人{whole}。",
        )

    def _conflict(self, current):
        """Both texts on one page: theirs above, the writer's own in the form, to be sent again against the new version."""
        self.theirs = current
        self.ticket = replace(self.ticket, version=current.version)
        return self._show(self._filled(self.sent), status=409)

    def _show(self, form, *, draft=None, twin=None, status=200):
        theirs = self.theirs
        context = {
            "form": form,
            "circle": form.circle,
            "place": self.place,
            "kind": Meeting.Kind(self.kind),
            "ticket": self.ticket,
            "extra": self.extra,
            "draft": draft,
            "twin": twin,
            "files": self.files,
            "inner": self.kind in INNER,
            "theirs": theirs,
            "their_content": summary.content(theirs) if theirs else None,
            "crumbs": _crumbs(),
            **self.more_context(),
        }
        return render(self.request, "meetings/filing.html", context, status=status)

    def more_context(self):
        return {}


class _Change(_Page):
    kind_of_draft = CHANGE

    def __init__(self, request, meeting):
        self.meeting = meeting
        super().__init__(request, meeting.kind, _place_of_meeting(meeting))
        self.is_draft = meeting.state == Meeting.State.DRAFT
        self.files = may_release(request.user, meeting) if self.is_draft else True

    @property
    def key(self):
        return str(self.meeting.pk)

    @property
    def version(self):
        return self.meeting.version

    @property
    def day(self):
        return self.meeting.held_on

    def named(self):
        owners = self.meeting.decisions.exclude(owner_person=None).values_list("owner_person", flat=True)
        came = self.meeting.attendance.exclude(person=None).values_list("person", flat=True)
        return [*came, *owners, *filter(None, [self.meeting.chair_id])]

    def numbered(self):
        return list(self.meeting.decisions.order_by("year", "number"))

    def open_decisions(self):
        return super().open_decisions() if self.is_draft else []

    def _fresh(self):
        """A handed-in draft is filled from what its writer sent, a record from its rows."""
        if self.meeting.pending:
            fields = keeping.fields_of(keeping.Draft(body=self.meeting.pending))
            self.extra = self._extra(extra_people(fields))
            return self._show(self._filled(fields))
        numbered = self.numbered()
        values, guests = values_of(self.meeting, numbered)
        form = self._form(rows=self._rows(guests, len(numbered)))
        values["bodies"] = [key for key in values["bodies"] if key != str(getattr(form.circle.convener, "pk", ""))]
        form.initial = values
        return self._show(form)

    def recorded(self):
        return dict(self.meeting.attendance.exclude(person=None).values_list("person", "represents"))

    def marks(self, circle):
        came = self.meeting.attendance.exclude(person=None)
        return {person: (status, note) for person, status, note in came.values_list("person", "status", "note")}

    def took_part(self):
        return self.meeting.bodies.exclude(body=None).values_list("body", flat=True)

    def twin(self, form, minutes):
        return None

    def act(self, form, minutes):
        version = self.ticket.version
        sent = {"version": version, "by": self.user}
        if not self.is_draft:
            return filing.change(self.meeting, minutes, form.circle, self.ticket, **sent)
        if self.files:
            return filing.release(self.meeting, minutes, form.circle, self.ticket, **sent)
        return filing.redraft(self.meeting, minutes, form.circle, self.ticket, pending=self._pending(), **sent)

    def _said(self, meeting):
        if self.is_draft:
            super()._said(meeting)
        elif meeting.version > (self.ticket.version or 0):
            messages.success(self.request, f"已存为第{meeting.version}版，原来的那一版留着。")
        else:
            messages.info(self.request, "没有改动。")

    def more_context(self):
        return {"meeting": self.meeting, "is_draft": self.is_draft}


def _place_of_meeting(meeting):
    return Place(meeting.community, meeting.branch, meeting.compound)
