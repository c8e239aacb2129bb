"""What a community still has to look at in its register, counted from the register itself."""

from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from members import duplicates
from members.filters import CHECKS, NORMAL
from members.models import Member


def rows(community, *, user, several):
    """[{object, why, url, state, kind}] for components/tasks.html, only where there is anything; the link opens the
    very people. `several`: the reader sees more communities, so the link names this one."""
    here = {"community": community.pk} if several else {}
    counts = Member.objects.filter(NORMAL, community=community).aggregate(
        **{key: Count("pk", filter=condition) for key, (_, condition) in CHECKS.items()}
    )
    found = [_row(label, counts[key], "members", here | {"check": key}) for key, (label, _) in CHECKS.items()]
    found.append(_row("可能重复登记", _pairs(community, user), "person_pairs", {}, unit="对"))
    return [row for row in found if row]


def _pairs(community, user):
    return sum(
        community.pk in (pair.one.member_community, pair.other.member_community) for pair in duplicates.pairs(user)
    )


def _row(label, count, url_name, query, unit="人"):
    if not count:
        return None
    asked = f"?{urlencode(query)}" if query else ""
    return {"object": label, "url": reverse(url_name) + asked, "state": f"{count}{unit}", "kind": "plain"}
