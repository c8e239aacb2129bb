"""Opening a town: the first bodies and the first administrators, before anybody can sign in."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import deeds
from accounts.models import User
from accounts.roles import Role
from office.areas.models import Body, Community, Town
from office.audit import trail

BOTH_BY_ONE = "开通时系统、安全由一人兼任，到岗后另行安排"


@transaction.atomic
def open_town(name, *, communities, administrators, county=""):
    """The town, its 镇党委, each community with 社区党委 and 居委会, and the administrators' accounts.

    `administrators` lists (username, person's name, roles). Returns [(user, issued password)]. Raises ValidationError
    with words when the town exists, a name is given twice or a username is taken; then nothing is kept.
    """
    if Town.objects.filter(name=name).exists():
        raise ValidationError(f"{name}已经开通过。")
    if len(set(communities)) != len(communities):
        raise ValidationError("社区名单里有重名。")
    town = Town.objects.create(name=name, county=county)
    committee = _body(town, None, Body.Kind.TOWN_COMMITTEE, town.party_committee, f"{name}党委")
    for position, community in enumerate(communities):
        _open_community(town, community, position)
    opened = [_administrator(town, committee, *administrator) for administrator in administrators]
    listed = {"communities": ("", "、".join(communities))}
    trail.record("areas.town_opened", town, by=None, town=town.pk, changes=listed)
    return opened


def _open_community(town, name, position):
    village = name.endswith("村")
    kind = Community.Kind.VILLAGE if village else Community.Kind.CITY
    community = Community.objects.create(town=town, name=name, kind=kind, position=position)
    full, short = ("村民委员会", "村委会") if village else ("居民委员会", "居委会")
    stem = name.removesuffix("村") if village else name
    party = Body.Kind.COMMUNITY_COMMITTEE
    _body(town, community, party, f"中共{town.name}{name}委员会", f"{name}党委")
    _body(town, community, Body.Kind.RESIDENTS_COMMITTEE, f"{town.name}{stem}{full}", f"{stem}{short}")


def _body(town, community, kind, name, short_name):
    return Body.objects.create(town=town, community=community, kind=kind, name=name, short_name=short_name)


def _administrator(town, committee, username, name, roles):
    if User.objects.filter(username=username).exists():
        raise ValidationError(f"账号名 {username} 已有人用，请换一个。")
    user, password = deeds.create_user(town=town, username=username, name=name, by=None)
    for role in roles:
        reason = BOTH_BY_ONE if {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN} <= set(roles) else ""
        deeds.grant(user, role, body=committee, reason=reason, by=None)
    return user, password
