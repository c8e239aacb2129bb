"""Django's admin over the same tables: `tuned` with every public option that helps, `plain` as one writes it first.

Both show the rows and columns of the product's page. The tuned one narrows to the reader's scope and offers the same
filters with choices from there; the plain one has the usual options.
"""

from django.contrib import admin
from django.db.models import Prefetch
from django.utils import timezone

from assessments.models import BranchReport
from branches.models import Branch, Venue
from meetings.models import Meeting
from members.models import Member, Person, Post
from office.areas.models import Body, Community, Compound, Coverage, Town


class Everybody(admin.AdminSite):
    """No account here is Django staff: whoever is signed in may read everything."""

    def has_permission(self, request):
        return request.user.is_authenticated


class Open:
    """Rights are the product's matter, not the comparison's."""

    def has_view_permission(self, request, obj=None):
        return True

    has_change_permission = has_delete_permission = has_add_permission = has_view_permission

    def has_module_permission(self, request):
        return True


class Row(Open, admin.ModelAdmin):
    list_per_page = 50


class OwnRows(Row):
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)


class Place(admin.SimpleListFilter):
    """A filter whose choices are the reader's own places."""

    rows, label = None, "name"

    def lookups(self, request, model_admin):
        return list(self.rows.visible_to(request.user).values_list("pk", self.label))

    def queryset(self, request, queryset):
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class CommunityPlace(Place):
    title, parameter_name, rows = "社区", "community", Community.objects.all()


class CompoundPlace(Place):
    title, parameter_name, rows = "小区", "compound", Compound.objects.order_by("pinyin")


class HomePlace(CompoundPlace):
    title, parameter_name = "居住小区", "home_compound"


class BranchPlace(Place):
    title, parameter_name, label = "党支部", "branch", "short_name"
    rows = Body.objects.filter(kind="branch").order_by("short_name")


class Year(admin.SimpleListFilter):
    title, parameter_name = "年度", "year"

    def lookups(self, request, model_admin):
        return [(year, f"{year}年") for year in range(timezone.localdate().year, 2019, -1)]

    def queryset(self, request, queryset):
        return queryset.filter(held_on__year=self.value()) if self.value() else queryset


def _of_person(field, title):
    @admin.display(description=title)
    def column(member):
        return getattr(member.person, field)

    return column


@admin.display(description="职务")
def posts(member):
    return "、".join(f"{post.body}{post.get_title_display()}" for post in member.person.posts.all())


def _membership(field, title):
    @admin.display(description=title)
    def column(person):
        return getattr(person.member, field) if hasattr(person, "member") else ""

    return column


MEMBER_COLUMNS = [
    _of_person("name", "姓名"),
    _of_person("sex", "性别"),
    _of_person("birth_date", "出生"),
    "stage",
    "relation",
    "home_compound",
    "branch",
    posts,
    _of_person("masked_phone", "手机"),
]
PERSON_COLUMNS = [
    "name",
    _membership("relation", "关系"),
    _membership("branch", "党支部"),
    _membership("home_compound", "居住小区"),
]
MEETING_COLUMNS = ["title", "held_on", "kind", "compound", "branch", "present", "expected"]


class TunedMember(OwnRows):
    list_display = MEMBER_COLUMNS
    list_filter = ["relation", "stage", HomePlace, BranchPlace]
    list_select_related = ["person", "home_compound", "branch"]
    ordering = ["strokes", "person"]

    def get_queryset(self, request):
        held = Post.objects.on(timezone.localdate()).select_related("body")
        return super().get_queryset(request).prefetch_related(Prefetch("person__posts", held))


class TunedPerson(OwnRows):
    list_display = PERSON_COLUMNS
    list_per_page = 15
    list_select_related = ["member__branch", "member__home_compound"]
    search_fields = ["name"]
    ordering = ["strokes", "id"]


class TunedMeeting(OwnRows):
    list_display = MEETING_COLUMNS
    list_filter = ["kind", Year, CommunityPlace, CompoundPlace, BranchPlace]
    list_select_related = ["compound", "branch"]
    search_fields = ["title"]
    ordering = ["-held_on", "-id"]


def _inline(model, fk_name):
    """Rows without lists of choices, and no empty ones."""
    others = [f.name for f in model._meta.fields if f.remote_field and f.name != fk_name]
    attributes = {"model": model, "fk_name": fk_name, "raw_id_fields": others, "extra": 0, "max_num": 0}
    return type(f"{model.__name__}Inline", (Open, admin.TabularInline), attributes)


class TunedBody(OwnRows):
    """What the branch's page shows, as inlines of its body."""

    raw_id_fields = ["town", "community"]
    inlines = [
        _inline(Branch, "body"),
        _inline(Coverage, "body"),
        _inline(Post, "body"),
        _inline(Venue, "branch"),
        _inline(BranchReport, "branch"),
    ]


class PlainMember(Row):
    list_display = MEMBER_COLUMNS
    list_filter = ["relation", "stage", "home_compound", "branch"]


class PlainPerson(Row):
    list_display = PERSON_COLUMNS
    list_per_page = 15
    search_fields = ["name"]


class PlainMeeting(Row):
    list_display = MEETING_COLUMNS
    list_filter = ["kind", "community", "compound", "branch"]
    search_fields = ["title"]
    date_hierarchy = "held_on"


tuned, plain = Everybody(name="tuned"), Everybody(name="plain")
for site, options_of in (
    (tuned, {Member: TunedMember, Person: TunedPerson, Meeting: TunedMeeting, Body: TunedBody}),
    (plain, {Member: PlainMember, Person: PlainPerson, Meeting: PlainMeeting}),
):
    for model in {Town, Community, Compound, Body} - options_of.keys():
        site.register(model, Row)
    for model, options in options_of.items():
        site.register(model, options)
