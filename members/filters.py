"""The filter bar of the member list: one object narrows the list, its counts and the export alike."""

import django_filters
from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q

from members.models import Member, Person, meant_by
from office.areas.filters import chosen_words
from office.areas.models import Body, Community, Compound
from office.areas.prepared import prepared

NORMAL = Q(status=Member.Status.NORMAL)
DIRECT = Q(relation=Member.Relation.DIRECT)
# 资料不全：缺什么，一处写明，名单、计数和个人页都用它。在职报到的只要电话和小区。
LACKS = {
    "电话": Q(person__phone=""),
    "居住小区": Q(home_compound=None),
    "性别": DIRECT & Q(person__sex=""),
    "出生日期": DIRECT & Q(person__birth_date=None),
    "入党日期": DIRECT & Q(joined_on=None),
    "转正日期": DIRECT & Q(stage=Member.Stage.FULL, full_on=None),
}
# 摸排时逐类核对的，每类一份名单。
CHECKS = {
    "phone": ("没有联系电话", LACKS["电话"]),
    "compound": ("没有居住小区", LACKS["居住小区"]),
    "sex": ("直管党员没有性别", LACKS["性别"]),
    "birth": ("直管党员没有出生日期", LACKS["出生日期"]),
    "joined": ("直管党员没有入党日期", LACKS["入党日期"]),
    "full": ("正式党员没有转正日期", LACKS["转正日期"]),
    "employer": ("在职报到、没有写单位党组织", Q(relation=Member.Relation.IN_SERVICE, employer_org="")),
    "floating": ("登记为流出，看是不是已经回来", Q(floating_out=True)),
}
LACK_COLUMNS = [f"lacks_{number}" for number in range(len(LACKS))]
INCOMPLETE = Q()
for condition in LACKS.values():
    INCOMPLETE |= condition
TABS = {
    "all": ("全部", NORMAL),
    "direct": ("直管", NORMAL & DIRECT),
    "in_service": ("在职报到", NORMAL & Q(relation=Member.Relation.IN_SERVICE)),
    "probationary": ("预备", NORMAL & DIRECT & Q(stage=Member.Stage.PROBATIONARY)),
    "incomplete": ("资料不全", NORMAL & INCOMPLETE),
    "gone": ("不在册", ~NORMAL),
}
NOBODY = Q(pk__in=())
# 筛选栏里的一项对着名单的哪一列。
COLUMNS = {name: name for name in ("community", "branch", "relation", "stage")} | {"compound": "home_compound"}
# 这一签没有人时不出现：停止党籍、转出、去世的人不在上面各签里。
ONLY_WHEN_ANY = ("gone",)


def with_lacks(members):
    """The queryset with one flag per thing that may be missing, by LACK_COLUMNS in the order of LACKS."""
    flags = (ExpressionWrapper(lack, output_field=BooleanField()) for lack in LACKS.values())
    return members.annotate(**dict(zip(LACK_COLUMNS, flags, strict=True)))


def missing(row):
    """What a row of with_lacks() is missing, in words; nothing where it was not asked."""
    return [word for column, word in zip(LACK_COLUMNS, LACKS, strict=True) if row.get(column)]


class MemberFilter(django_filters.FilterSet):
    """Narrows the members within `reach`. Choices come from the user's own scope, so a foreign id is no choice at all.

    `qs` leaves the tab aside, so that every tab can be counted; `in_tab()` is what the list shows. A choice that does
    not exist yields nobody: an address that was tampered with must never widen an export.
    """

    q = django_filters.CharFilter(label="姓名、首字母或手机后4位")
    community = django_filters.ChoiceFilter(field_name="community", label="社区", empty_label="全部社区")
    compound = django_filters.ChoiceFilter(field_name="home_compound", label="居住小区", empty_label="全部小区")
    branch = django_filters.ChoiceFilter(field_name="branch", label="所在党支部", empty_label="全部支部")
    relation = django_filters.ChoiceFilter(choices=Member.Relation, label="关系类别", empty_label="全部")
    stage = django_filters.ChoiceFilter(choices=Member.Stage, label="人员类别", empty_label="全部")
    tab = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, _) in TABS.items()],
        label="名单",
        widget=forms.HiddenInput,
    )
    check = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, _) in CHECKS.items()],
        label="要核对",
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Member
        fields = ["q", "community", "compound", "branch", "relation", "stage", "tab", "check"]

    def __init__(self, data, *, user, reach):
        super().__init__(data)
        self.reach = reach
        self._offer(*_places(user.reach))
        self.form.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "class": "w-wide", "maxlength": 40, "autocomplete": "off"}
        )

    def _offer(self, communities, compounds, branches):
        several = len(communities) > 1
        if several:
            self.form.fields["community"].choices = communities
        else:
            del self.form.fields["community"]
        self.form.fields["compound"].choices = _grouped(compounds, communities) if several else _plain(compounds)
        self.form.fields["branch"].choices = _grouped(branches, communities) if several else _plain(branches)

    @property
    def narrowing(self):
        """What narrowed() wants to know beside the reach: a condition, lookups, what is meant by the text."""
        if not self.form.is_valid():
            return NOBODY, {}, {}
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        check, text = chosen.get("check"), chosen.get("q")
        where = {column: chosen[name] for name, column in COLUMNS.items() if name in chosen}
        return CHECKS[check][1] if check else Q(), where, meant_by(text) if text else {}

    @property
    def qs(self):
        return narrowed(self.reach, *self.narrowing)

    @property
    def tab_key(self):
        return (self.form.is_valid() and self.form.cleaned_data["tab"]) or "all"

    def in_tab(self):
        return self.qs.filter(TABS[self.tab_key][1])

    def words(self):
        """What is chosen, in words, for the trail and the head of an export: 直管；居住小区 湖畔."""
        return "；".join(filter(None, (TABS[self.tab_key][0], chosen_words(self.form))))


def narrowed(reach, condition, where, text):
    """Members within `reach` for whom a condition (Q) and lookups hold; `text` are lookups on the person."""
    members = Member.objects.within(reach).filter(condition, **where)
    return members.filter(person__in=Person.objects.within(reach).filter(**text)) if text else members


def _places(reach):
    """(communities, compounds, branches) there are to narrow to; three queries."""
    return _communities(reach), _compounds(reach), _branches(reach)


@prepared
def _communities(reach):
    return Community.objects.within(reach).values_list("pk", "name")


@prepared
def _compounds(reach):
    return Compound.objects.within(reach).order_by("pinyin", "pk").values_list("pk", "name", "community_id")


@prepared
def _branches(reach):
    branches = Body.objects.within(reach).filter(kind=Body.Kind.BRANCH, ends_on=None).order_by("short_name", "pk")
    return branches.values_list("pk", "short_name", "community_id")


def _plain(rows):
    return [(pk, name) for pk, name, _ in rows]


def _grouped(rows, communities):
    """Choices under the names of their communities."""
    return [
        (community, [(pk, name) for pk, name, home in rows if home == community_id])
        for community_id, community in communities
        if any(home == community_id for _, _, home in rows)
    ]
