"""党员 as a card on compound and branch pages: each number with its class and the rows behind it."""

from django.db.models import Count, Q
from django.urls import reverse

from members.models import Member
from members.permissions import READERS
from office.areas.prepared import prepared

# 标签、条件、名单页上选出同一些人的查询；次序即显示次序。
CLASSES = (
    ("直管党员", Q(relation="direct"), "tab=direct"),
    ("其中正式党员", Q(relation="direct", stage="full"), "tab=direct&stage=full"),
    ("其中预备党员", Q(relation="direct", stage="probationary"), "tab=probationary"),
    ("在职报到", Q(relation="in_service"), "tab=in_service"),
    ("流入", Q(relation="floating_in"), "relation=floating_in"),
)


def counts(column, ids):
    """{id: counts in the order of CLASSES} of members of normal standing, by "branch" or "home_compound"; one query."""
    rows = _counted({f"{column}__in": ids})
    return dict.fromkeys(ids, (0,) * len(CLASSES)) | {key: tuple(numbers) for key, *numbers in rows}


@prepared
def _counted(where):
    members = Member.objects.filter(**where, status=Member.Status.NORMAL)
    classes = {f"class_{n}": Count("pk", filter=condition) for n, (_, condition, _) in enumerate(CLASSES)}
    column = next(iter(where)).removesuffix("__in")
    return members.order_by(column).values_list(column).annotate(**classes)


def of_compound(compound, day, user):
    """Card 党员 of a compound page: who lives there, today."""
    return _card("home_compound", "compound", compound.pk, user, "住在本小区")


def of_branch(branch_id, day, user):
    """Card 党员 of a branch page: whose branch it is, today; in-service members are those who registered here."""
    return _card("branch", "branch", branch_id, user, "按所在党支部")


def _card(column, query, pk, user, note):
    opens, members = user.has_role(*READERS), reverse("members")
    items = [
        {
            "label": label,
            "value": number,
            "unit": "人",
            "url": f"{members}?{query}={pk}&{narrowing}" if opens and number else "",
        }
        for number, (label, _, narrowing) in zip(counts(column, [pk])[pk], CLASSES, strict=True)
        if number or narrowing in ("tab=direct", "tab=in_service")
    ]
    url = f"{members}?{query}={pk}" if opens else ""
    return {"template": "members/_card.html", "items": items, "url": url, "note": note}
