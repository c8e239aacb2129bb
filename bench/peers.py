"""Django's admin over the same tables: `tuned` with every public option that helps, `plain` as one writes it first."""

from django.contrib import admin

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

    has_module_permission = has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request, obj=None):
        return True

    def has_module_permission(self, request):
        return True


class Row(Open, admin.ModelAdmin):
    list_per_page = 50


class OwnRows(Row):
    """The tuned admin narrows to the reader's scope, as the product must, and counts no more than it shows."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)


@admin.display(description="姓名", ordering="strokes")
def name(member):
    return member.person.name


@admin.display(description="手机")
def phone(member):
    return member.person.masked_phone


MEMBER_COLUMNS = [name, "stage", "relation", "home_compound", "branch", "status", "joined_on", "full_on", phone]
MEETING_COLUMNS = ["title", "held_on", "kind", "compound", "branch", "present", "expected"]


class TunedMember(OwnRows):
    list_display = MEMBER_COLUMNS
    list_filter = ["relation", "stage"]
    list_select_related = ["person", "home_compound", "branch"]
    ordering = ["strokes", "person"]


class TunedPerson(OwnRows):
    list_display = ["name", "sex", "birth_date", "masked_phone", "unit"]
    list_per_page = 15
    search_fields = ["name", "pinyin", "phone_tail"]
    ordering = ["strokes", "id"]


class TunedMeeting(OwnRows):
    list_display = MEETING_COLUMNS
    list_filter = ["kind"]
    list_select_related = ["compound", "branch"]
    search_fields = ["title"]
    ordering = ["-held_on", "-id"]


def _inlines(**options):
    """What the branch's page shows, as inlines of its body."""
    found = []
    for model, fk_name in ((Branch, "body"), (Coverage, "body"), (Post, "body"), (Venue, "branch"), (BranchReport, "branch")):
        attributes = {"model": model, "fk_name": fk_name, **options}
        if options:
            attributes["raw_id_fields"] = [f.name for f in model._meta.fields if f.remote_field and f.name != fk_name]
        found.append(type(f"{model.__name__}Inline", (Open, admin.TabularInline), attributes))
    return found


class TunedBody(OwnRows):
    raw_id_fields = ["town", "community"]
    inlines = _inlines(extra=0, max_num=0, can_delete=False)


class PlainMember(Row):
    list_display = MEMBER_COLUMNS
    list_filter = ["relation", "stage", "branch"]
    list_select_related = ["person", "home_compound", "branch"]


class PlainPerson(Row):
    list_display = ["name", "sex", "birth_date", "masked_phone", "unit"]
    list_filter = ["town"]
    search_fields = ["name", "pinyin", "phone_tail"]


class PlainMeeting(Row):
    list_display = MEETING_COLUMNS
    list_filter = ["kind", "branch"]
    list_select_related = ["compound", "branch"]
    search_fields = ["title"]
    date_hierarchy = "held_on"


class PlainBody(Row):
    """The form alone: with inlines every row would carry a list of all people."""


tuned, plain = Everybody(name="tuned"), Everybody(name="plain")
for site, rows in (
    (tuned, {Member: TunedMember, Person: TunedPerson, Meeting: TunedMeeting, Body: TunedBody}),
    (plain, {Member: PlainMember, Person: PlainPerson, Meeting: PlainMeeting, Body: PlainBody}),
):
    for model in (Town, Community, Compound):
        site.register(model, Row)
    for model, options in rows.items():
        site.register(model, options)
