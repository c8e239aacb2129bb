"""The register kept by hand: one deed for each thing that happens to a member.

Every deed takes the `version` its page was read at: whoever comes second is told (Stale) and nothing is overwritten.
What somebody belongs to is kept in Placement; Member holds today's copy.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from members import places
from members.entries import contradictions
from members.matching import Facts, membership_of
from members.models import Member, Person, Placement, Post, StandingChange
from members.roster import may_keep
from office.areas.models import Community
from office.audit import trail
from office.chinese.dates import cn_date
from office.chinese.idnumber import birth_date_of, sex_of
from office.chinese.masking import mask_phone
from office.rulebook.rules import rule

PERSON_FACTS = ("name", "sex", "birth_date", "phone")
MEMBER_FACTS = (
    "home_compound",
    "door",
    "owns_unit",
    "background",
    "employer_org",
    "joined_on",
    "joined_precision",
    "full_on",
    "full_precision",
)
PRECISIONS_OF = {"joined_on": "joined_precision", "full_on": "full_precision"}
Status = Member.Status


class Stale(Exception):
    """Somebody changed the member after the page was read; `member` is as it stands now."""

    def __init__(self, member):
        super().__init__("刚被别人改过")
        self.member = member


class Elsewhere(ValidationError):
    """The person is on the register of another community of the town."""

    def __init__(self, person):
        super().__init__("这个人登记在本镇其他社区的名册里，不能重复登记，可以请原社区转来。")
        self.person = person


def locked(member, version, *, by):
    """The member's row, held until the deed is done. Raises Stale, or PermissionDenied where `by` keeps no register."""
    rows = Member.objects.select_for_update(of=("self",)).select_related("person", "community", "branch")
    found = rows.select_related("home_compound").get(pk=member.pk)
    if not may_keep(by, found.community):
        raise PermissionDenied
    if found.version != version:
        raise Stale(found)
    return found


def saved(member):
    """Write the member down under its next version, and where it may be seen from."""
    member.version += 1
    member.save()
    places.refresh([member.pk])


# ── 资料 ──


@transaction.atomic
def correct(member, facts, *, version, reason="", by):
    """Change what the register says of somebody; `facts` by the names of PERSON_FACTS and MEMBER_FACTS, and
    `id_number` (left out or empty: stays). Returns the changes in words, {} when there are none.

    Raises ValidationError by field, Stale. Another name or ID number asks for a reason.
    """
    member = locked(member, version, by=by)
    before = facts_of(member)
    wanted = {key: value for key, value in facts.items() if key in before and before[key] != value}
    number = facts.get("id_number") or ""
    _write(member, wanted, number)
    changes = in_words(before, facts_of(member)) | _number_changed(before, member)
    if not changes:
        return {}
    if ({"姓名", "公民身份号码"} & changes.keys() or facts.get("drop_phone")) and not reason:
        raise ValidationError({"reason": "改姓名、改号码或去掉电话的，要写明原因。"})
    _refuse_contradictions(member)
    _save_person(member.person)
    saved(member)
    trail.record("members.corrected", member.person, by=by, changes=changes, reason=reason)
    return changes


@transaction.atomic
def register(community, facts, *, token, since=None, another=False, by):
    """Put somebody on the community's register; the same `token` twice gives the same member back.

    Who is on record already (by ID number, else by name and telephone) is taken on, not doubled; a mere namesake asks
    for `another`. `since` is the day of the transfer into the community; without it he was always here.
    Raises ValidationError by field, Elsewhere for somebody of another community of the town.
    """
    if not may_keep(by, community):
        raise PermissionDenied
    Community.objects.select_for_update().get(pk=community.pk)
    if known := Member.objects.filter(person__uuid=token, community=community).first():
        return known
    number = facts.get("id_number") or ""
    person = known_person(community, facts) or Person(uuid=token, town_id=community.town_id)
    if person.pk is None and not another:
        _refuse_namesake(community, facts, number)
    member = _taken_on(person, community)
    _write(member, {key: value for key, value in facts.items() if key in _ALL}, number)
    person.political_status = Person.Political.PARTY
    _refuse_contradictions(member)
    _save_person(person)
    member.person = person
    saved(member)
    if member.placements.exists():
        since = since or timezone.localdate()  # 转出过又回来的，以前那段归属留着
    _place(member, since, how=_how(member, since))
    given = {"途径": (None, _how(member, since).label), "关系类别": (None, member.get_relation_display())}
    trail.record("members.registered", person, by=by, changes=given | _belongs(None, member))
    return member


_ALL = {*PERSON_FACTS, *MEMBER_FACTS, "stage", "relation", "branch"}


def known_person(community, facts):
    """Whoever the facts certainly mean in the town, or None. Raises ValidationError where he cannot be taken on."""
    person = _by_number(community.town_id, facts) or _by_phone(community.town_id, facts)
    member = membership_of(person) if person else None
    if member is None or member.status == Status.LEFT:
        return person
    if member.status == Status.DECEASED:
        raise ValidationError("系统里这个人已登记去世，请核对。")
    if member.community_id != community.pk:
        raise Elsewhere(person)
    raise ValidationError({"name": f"{person.name}已在本社区名册里，不用再登记。"})


def _by_number(town, facts):
    number = facts.get("id_number")
    if not number:
        return None
    probe = Person(town_id=town)
    probe.set_id_number(number)
    found = Person.objects.select_related("member").filter(town=town, id_fingerprint=probe.id_fingerprint).first()
    if found and found.name != facts["name"]:
        raise ValidationError({"id_number": "本镇已有人登记了这个公民身份号码，姓名不是这个，请核对。"})
    return found


def _by_phone(town, facts):
    if not facts.get("phone"):
        return None
    same = Person.objects.select_related("member").filter(town=town, name=facts["name"], phone=facts["phone"])
    mine = _facts_for_telling(town, facts)
    return next((person for person in same if not mine.differ_from(Facts.of_person(person))), None)


def _facts_for_telling(town, facts):
    number = facts.get("id_number") or ""
    probe = Person(town_id=town)
    probe.set_id_number(number)
    born = facts.get("birth_date") or (birth_date_of(number) if number else None)
    return Facts(probe.id_fingerprint, facts.get("phone") or "", born)


def _refuse_namesake(community, facts, number):
    """Never by name alone (N-13): the same name may be another person, but somebody has to say so."""
    mine = _facts_for_telling(community.town_id, facts)
    namesakes = Person.objects.filter(name=facts["name"], member__community=community)
    for person in namesakes.exclude(member__status=Status.DECEASED):
        if not mine.differ_from(Facts.of_person(person)):
            phone = mask_phone(person.phone) if person.phone else "没有登记电话"
            raise ValidationError(
                {"another": f"本社区已有一位{person.name}（{phone}）。确实是另一个人的，请打勾再保存。"}
            )


def _taken_on(person, community):
    member = membership_of(person) or Member(person=person, version=0)
    member.community, member.status, member.floating_out = community, Status.NORMAL, False
    return member


def facts_of(member):
    """What the register says of somebody, by the names of PERSON_FACTS and MEMBER_FACTS."""
    person = {key: getattr(member.person, key) for key in PERSON_FACTS}
    return (
        person | {key: getattr(member, key) for key in MEMBER_FACTS} | {"id_fingerprint": member.person.id_fingerprint}
    )


def _write(member, facts, number):
    for key, value in facts.items():
        setattr(member.person if key in PERSON_FACTS else member, key, value)
    if number:
        _write_number(member.person, number)


def _write_number(person, number):
    """Sex and birth date follow from the number where they are unknown; the sex must agree with it (R-231)."""
    if person.sex and person.sex != sex_of(number):
        raise ValidationError({"sex": "性别和公民身份号码不一致，请核对是哪一个写错了。"})
    person.sex = sex_of(number)
    person.birth_date = person.birth_date or birth_date_of(number)
    old = person.id_fingerprint
    before = person.id_sealed
    person.set_id_number(number)
    if person.id_fingerprint == old:
        person.id_sealed = before  # 同一个号码，密文不必换


def _save_person(person):
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise ValidationError({"id_number": "本镇已有人登记了这个公民身份号码。"}) from None


def _refuse_contradictions(member):
    """The same contradictions the roster refuses."""
    values = {key: getattr(member.person, key) for key in PERSON_FACTS}
    values |= {key: getattr(member, key) for key in (*MEMBER_FACTS, "stage", "relation", "branch_id")}
    found = dict(contradictions(values | {"today": timezone.localdate()}))
    if found:
        raise ValidationError(found)


def _number_changed(before, member):
    if before["id_fingerprint"] == member.person.id_fingerprint:
        return {}
    return {
        "公民身份号码": (
            "已登记" if before["id_fingerprint"] else "",
            "已变更" if before["id_fingerprint"] else "已登记",
        )
    }


def in_words(before, after):
    """{栏目: (before, after)} of what differs, in words; a telephone masked, an address only told to have changed."""
    return {
        label_of(key): (worded(key, before), worded(key, after))
        for key in (*PERSON_FACTS, *MEMBER_FACTS)
        if key not in PRECISIONS_OF.values() and _fact(key, before) != _fact(key, after)
    }


def _fact(key, facts):
    return facts[key], facts.get(PRECISIONS_OF.get(key)) if facts[key] else None


def label_of(key):
    model = Person if key in PERSON_FACTS else Member
    return str(model._meta.get_field(key).verbose_name)


def worded(key, facts):
    """One fact as a page and the trail may show it."""
    value = facts[key]
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if key == "phone":
        return mask_phone(value)
    if key == "door":
        return "已登记"
    if key in PRECISIONS_OF or key == "birth_date":
        return cn_date(value, facts.get(PRECISIONS_OF.get(key)) or "d")
    model = Person if key in PERSON_FACTS else Member
    return str(dict(model._meta.get_field(key).flatchoices).get(value, value))


# ── 归属 ──


def _place(member, on, *, how):
    """Close the placement in force and open the one the member's row now says, from `on` (None: 早已如此)."""
    close_placement(member, on)
    Placement.objects.create(
        member=member, community=member.community, branch=member.branch, relation=member.relation, starts_on=on, how=how
    )


def close_placement(member, on):
    """From `on` the placement holds no more; one that began that very day was a slip of the pen and goes.

    Raises ValidationError when it began later than `on`.
    """
    for placement in Placement.objects.filter(member=member.pk, ends_on=None):
        if on and placement.starts_on and placement.starts_on > on:
            raise ValidationError({"on": f"现在的归属从{cn_date(placement.starts_on)}起，不能写比它更早的日期。"})
        if on is None or placement.starts_on == on:
            placement.delete()
        else:
            placement.ends_on = on - timedelta(days=1)
            placement.save()


def _how(member, since):
    if member.relation == Member.Relation.IN_SERVICE:
        return Placement.How.REGISTERED
    return Placement.How.TRANSFERRED if since else Placement.How.RECORDED


def _belongs(before, member):
    after = str(member.branch or "")
    return {"所在党支部": (before, after)} if before != after else {}


def _refuse_ahead(on):
    if on > timezone.localdate():
        raise ValidationError({"on": "这一天还没有到，到了再办。"})


def _must_be(member, *statuses):
    if member.status not in statuses:
        raise ValidationError(f"{member.person.name}现在是“{member.get_status_display()}”，不能办这一项。")


@transaction.atomic
def move(member, *, branch, relation, on, version, by):
    """To another branch of the same community, or another 关系类别, from `on`; 划转 needs no letter (decisions 2)."""
    member = locked(member, version, by=by)
    _must_be(member, Status.NORMAL)
    _refuse_ahead(on)
    if (branch, relation) == (member.branch, member.relation):
        raise ValidationError("支部和关系类别都没有变，不用办。")
    before, relation_before = str(member.branch or ""), member.get_relation_display()
    member.branch, member.relation = branch, relation
    if relation != Member.Relation.DIRECT:
        member.floating_out = False
    _refuse_contradictions(member)
    resettle(member, on, how=Placement.How.REGISTERED if relation == "in_service" else Placement.How.BULK)
    changes = {"关系类别": (relation_before, member.get_relation_display())} | _belongs(before, member)
    trail.record("members.moved", member.person, by=by, changes=changes | {"从哪天起": (None, cn_date(on))})


def resettle(member, on, *, how):
    """Write down the member and the placement that the row now says, from `on`."""
    saved(member)
    _place(member, on, how=how)


# ── 在册与党籍 ──


def _change_standing(member, status, on, *, by, **facts):
    """The new standing with its own row; returns what the trail says of it."""
    before = member.get_status_display()
    member.status = status
    row = StandingChange.objects.create(member=member, status=status, on=on, recorded_by=by, **facts)
    given = {row._meta.get_field(key).verbose_name: (None, value) for key, value in facts.items() if value}
    return {"党籍状态": (before, row.get_status_display()), "从哪天起": (None, cn_date(on))} | given


def _leave(member, on):
    close_placement(member, on)
    member.branch, member.floating_out = None, False


@transaction.atomic
def transfer_out(member, *, on, place, paper="", version, by):
    """组织关系 leaves the town; posts here are another matter and stay."""
    member = locked(member, version, by=by)
    _must_be(member, Status.NORMAL)
    _refuse_ahead(on)
    _leave(member, on)
    changes = _change_standing(member, Status.LEFT, on, place=place, paper=paper, by=by)
    saved(member)
    trail.record("members.transferred_out", member.person, by=by, changes=changes)


@transaction.atomic
def record_death(member, *, on, version, by):
    """去世: the membership and every post held that day end with it."""
    member = locked(member, version, by=by)
    _must_be(member, Status.NORMAL, Status.SUSPENDED)
    _refuse_ahead(on)
    _leave(member, on)
    held = Post.objects.on(on).filter(person=member.pk).select_related("body")
    ended = [str(post) for post in held]
    held.update(ends_on=on)
    changes = _change_standing(member, Status.DECEASED, on, by=by)
    saved(member)
    trail.record("members.died", member.person, by=by, changes=changes | {"职务同时结束": (None, "、".join(ended))})


@transaction.atomic
def suspend_membership(member, *, on, decided_by, paper, version, by):
    """停止党籍, decided by an organisation and named (R-215, R-005); he stays in his branch and is counted no more."""
    member = locked(member, version, by=by)
    _must_be(member, Status.NORMAL)
    _refuse_ahead(on)
    changes = _change_standing(member, Status.SUSPENDED, on, decided_by=decided_by, paper=paper, by=by)
    saved(member)
    trail.record("members.suspended", member.person, by=by, changes=changes)


@transaction.atomic
def restore_membership(member, *, on, decided_by, paper, version, by):
    """恢复党籍 after a suspension."""
    member = locked(member, version, by=by)
    _must_be(member, Status.SUSPENDED)
    _refuse_ahead(on)
    changes = _change_standing(member, Status.NORMAL, on, decided_by=decided_by, paper=paper, by=by)
    saved(member)
    trail.record("members.restored", member.person, by=by, changes=changes)


@transaction.atomic
def make_full(member, *, on, reason="", version, by):
    """转为正式党员 on the day of the branch's general meeting; before the year of probation is over it asks for a
    reason (R-204 warns)."""
    member = locked(member, version, by=by)
    _must_be(member, Status.NORMAL)
    _refuse_ahead(on)
    if member.stage != Member.Stage.PROBATIONARY:
        raise ValidationError("已经是正式党员。")
    if member.joined_on and member.joined_precision == "d" and not reason:
        over = rule("probation_years", member.joined_on).after(member.joined_on)
        if on < over:
            raise ValidationError({"reason": f"预备期到{cn_date(over)}才满，提前的要写明理由。"})
    member.stage, member.full_on, member.full_precision = Member.Stage.FULL, on, "d"
    # 这一步填的是“哪一天”，矛盾都说在那一格上。
    try:
        _refuse_contradictions(member)
    except ValidationError as refusal:
        raise ValidationError({"on": refusal.messages}) from None
    saved(member)
    changes = {"人员类别": ("预备党员", "正式党员"), "转为正式党员日期": (None, cn_date(on))}
    trail.record("members.made_full", member.person, by=by, changes=changes, reason=reason)


@transaction.atomic
def suspend_vote(member, *, starts_on, ends_on, version, by):
    """表决权暂停 from–to; why is not asked and not kept (decisions 5). The same step again sets other days."""
    member = locked(member, version, by=by)
    _must_be(member, Status.NORMAL)
    if ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": "结束日期不能早于开始日期。"})
    before = (member.vote_suspended_from, member.vote_suspended_until)
    member.vote_suspended_from, member.vote_suspended_until = starts_on, ends_on
    saved(member)
    pairs = zip(("表决权暂停自", "表决权暂停至"), before, (starts_on, ends_on), strict=True)
    trail.record(
        "members.vote_suspended",
        member.person,
        by=by,
        changes={label: tuple(day and cn_date(day) for day in days) for label, *days in pairs},
    )


@transaction.atomic
def set_floating(member, *, away, version, by):
    """流出: the relation stays here and the member lives elsewhere (R-217); or has come back."""
    member = locked(member, version, by=by)
    _must_be(member, Status.NORMAL)
    if member.relation != Member.Relation.DIRECT:
        raise ValidationError("只有直管党员登记流出。")
    if member.floating_out == away:
        raise ValidationError("已经是这样登记的，不用再办。")
    member.floating_out = away
    saved(member)
    trail.record("members.floating_set", member.person, by=by, changes={"流出": (not away, away)})
