"""小区: the list with its coverage, and one compound on one page."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import Export, key_column, reach_of
from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, EXPORTERS, ROSTER_KEEPERS, STAFF, Role
from branches import cards as branch_cards
from branches import cells, schematic
from branches import figures as branch_figures
from committees import cards as committee_cards
from committees import figures as committee_figures
from committees.models import OwnersCommittee
from meetings import cards as meeting_cards
from meetings.models import Meeting
from meetings.permissions import may_write
from members import cards as member_cards
from office.areas.models import Compound
from office.areas.pages import filters_of
from office.sheets.columns import Column

VIEWS = (("", "全部"), ("none", "还没有支部"), ("joint", "联合支部"), ("own", "已建支部"))


COLUMNS = (
    Column("name", "小区名称", width=20),
    Column("community", "社区", width=14),
    Column("cover", "覆盖", width=12),
    Column("branches", "党支部", width=34),
    Column("direct", "直管党员", width=10),
    Column("full", "其中正式", width=10),
    Column("committee", "业委会", width=24),
    # 新增小区时填的，改好可以再导入；列名与那张表相同。
    Column("households", "户数", width=8),
    Column("buildings", "栋数", width=8),
    Column("built_year", "建成年份", width=10),
    Column("address", "地址", width=30),
)
FACTS = ("households", "buildings", "built_year", "address")


class Listing:
    """The compounds of a reach, as the page's tab and search narrow them."""

    def __init__(self, request, reach):
        self.today = timezone.localdate()
        self.reach = reach
        self.covers = branch_figures.coverage(reach, self.today)
        view = request.GET.get("view", "")
        self.view = view if view in dict(VIEWS) else ""
        self.text = request.GET.get("q", "").strip()[:40]

    def rows(self):
        """(CompoundCover, its owners' committee in words) in the order of the page."""
        committees = OwnersCommittee.objects.within(self.reach).exclude(stage="ended")
        found = {row.compound_id: row for row in committee_figures.committee_rows(committees, self.today)}
        return [(cover, _committee_words(found.get(cover.id))) for cover in self.covers if self._shows(cover)]

    def _shows(self, cover):
        return (not self.view or cover.cover == self.view) and self.text in cover.name

    @property
    def words(self):
        """What is chosen, in words."""
        parts = [dict(VIEWS)[self.view] if self.view else "全部小区"]
        if self.text:
            parts.append(f"小区名称“{self.text}”")
        return "；".join(parts)


def _committee_words(committee):
    if committee is None:
        return "没有"
    return f"{committee.state}，党员{committee.share}" if committee.seats else committee.state


@require_safe
@open_to(*STAFF)
def compounds(request):
    """小区列表: coverage with the lawful route of each uncovered one (N-03), as a table and as a schematic."""
    listing = Listing(request, request.user.reach)
    tabs = [
        {
            "label": label,
            "url": f"{request.path}?view={key}" if key else request.path,
            "current": key == listing.view,
            "count": sum(not key or c.cover == key for c in listing.covers),
        }
        for key, label in VIEWS
    ]
    may_export = request.user.has_role(*EXPORTERS)
    return render(
        request,
        "desk/compounds.html",
        {
            "rows": listing.rows(),
            "map": schematic.of(listing.covers) if not (listing.text or listing.view) else None,
            "tabs": tabs,
            "text": listing.text,
            "view": listing.view,
            "add_url": reverse("compound_new") if request.user.has_role(*ROSTER_KEEPERS) else "",
            "export_url": f"{reverse('compounds_export')}{filters_of(request)}" if may_export else "",
            "total": len(listing.covers),
        },
    )


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def compounds_export(request):
    """小区覆盖台账 as a file: the page's tab and search, with its purpose."""
    listing = Listing(request, reach_of(request.user))
    rows = listing.rows()
    export = Export(
        name="小区覆盖台账",
        noun="小区",
        unit="个",
        total=len(rows),
        chosen=listing.words,
        order="按社区排列",
        columns=COLUMNS,
        rows=lambda secrets: _cells(rows),
        back=f"{reverse('compounds')}{filters_of(request)}",
        key=key_column("X"),
    )
    return export_page(request, export)


def _cells(rows):
    found = Compound.objects.filter(pk__in=[cover.id for cover, _ in rows]).values("pk", *FACTS)
    facts = {fact["pk"]: fact for fact in found}
    for cover, committee in rows:
        yield {
            "name": cover.name,
            "community": cover.community,
            "cover": cover.words,
            "branches": "、".join(name for _, name in cover.branches) or cover.route,
            "direct": cover.direct,
            "full": cover.full,
            "committee": committee,
            "key": f"X{cover.id}",
            **facts[cover.id],
        }


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def compound(request, pk):
    """一小区一页: one screen, one sheet of A4."""
    today = timezone.localdate()
    found = get_object_or_404(
        Compound.objects.visible_to(request.user).select_related("community").prefetch_related("neighbours"), pk=pk
    )
    branch = branch_cards.of_compound(found, today, request.user.reach)
    cards = [
        branch,
        *committee_cards.of_compound(found, today),
        member_cards.of_compound(found, today, request.user),
        branch_cards.venue([row.id for row in branch["branches"]], today),
        meeting_cards.this_year("compound_id", found.pk, today),
        *cells.cards(pk, today, opens=request.user.has_role(*STAFF, Role.COMPOUND_WORKER)),
    ]
    staff = request.user.has_role(*STAFF)
    opens_cards = staff or request.user.has_role(Role.BRANCH_SECRETARY)  # 小区工作人员打不开支部页和业委会页
    return render(
        request,
        "desk/compound.html",
        {
            "compound": found,
            "cards": cards,
            "opens_cards": opens_cards,
            "staff": staff,
            "decisions": meeting_cards.open_decisions("compound_id", found.pk, today),
            "recent": meeting_cards.recent("compound_id", found.pk, request.user),
            "neighbours": _neighbours(found, request.user),
            "meeting_url": _meeting_url(request.user, found, branch["branches"]),
            "edits": Compound.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists(),
            "crumbs": [
                {"label": "小区", "url": reverse("compounds")},
                {"label": str(found.community), "url": f"{reverse('compounds')}#community-{found.community_id}"},
            ]
            if staff
            else [],
        },
    )


def _meeting_url(user, compound, branches):
    """Where a joint meeting of the compound is entered, for those who may; asked which branch where it has several."""
    at = f"b{branches[0].id}" if len(branches) == 1 else ""
    place = {"community": compound.community_id, "branch": branches[0].id if at else None, "compound": compound.pk}
    if not may_write(user, Meeting.Kind.JOINT, place):
        return ""
    return f"{reverse('meeting_file')}?kind={Meeting.Kind.JOINT.value}&at={at}c{compound.pk}"


def _neighbours(compound, user):
    visible = set(
        Compound.objects.visible_to(user)
        .filter(pk__in=[n.pk for n in compound.neighbours.all()])
        .values_list("pk", flat=True)
    )
    return [
        {"name": n.name, "url": reverse("compound", args=[n.pk]) if n.pk in visible else ""}
        for n in compound.neighbours.all()
    ]
