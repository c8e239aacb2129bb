"""书记人才库: members who agreed to be asked, by what they come from (方案三、1; R-129, N-23). Nobody is in it unasked."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import PoolEntry
from members.figures import full_years
from members.models import Member
from office.audit import trail
from office.chinese.dates import cn_date

Background = Member.Background
GROUPS = (  # 方案点名的在前
    ("离退休", (Background.RETIRED, Background.RETIRED_CADRE)),
    ("军转干部", (Background.TRANSFERRED_OFFICER,)),
    ("社区专职工作者", (Background.COMMUNITY_WORKER,)),
    ("在职和其他", (Background.EMPLOYED, Background.OTHER, "")),
)
ALREADY = "已经在人才库里，不用再加。"


def eligible(members):
    """Of these members those who may be asked: full, direct, of normal standing."""
    return members.filter(stage=Member.Stage.FULL, relation=Member.Relation.DIRECT, status=Member.Status.NORMAL)


@transaction.atomic
def join(member, *, consented_on, consent, note="", by) -> PoolEntry:
    """Put a member who agreed into the pool. Raises ValidationError."""
    member = Member.objects.select_for_update(of=("self",)).select_related("person", "community").get(pk=member.pk)
    if not eligible(Member.objects.filter(pk=member.pk)).exists():
        raise ValidationError(f"{member.person.name}不是本镇在册的直管正式党员，不能入库。")
    if consented_on > timezone.localdate():
        raise ValidationError({"consented_on": "这一天还没有到，本人同意以后再入库。"})
    try:
        with transaction.atomic():
            entry = PoolEntry.objects.create(
                member=member, consented_on=consented_on, consent=consent, note=note, recorded_by=by
            )
    except IntegrityError:
        raise ValidationError(f"{member.person.name}{ALREADY}") from None
    changes = {"同意日期": (None, cn_date(consented_on)), "怎样同意": (None, entry.get_consent_display())}
    trail.record("branches.pool_joined", entry, by=by, changes=changes)
    return entry


@transaction.atomic
def leave(entry, *, left_on, left_why, by):
    """Take somebody out, on his word or because he is needed no more; the entry stays on record."""
    entry = PoolEntry.objects.select_for_update(of=("self",)).select_related("member__person").get(pk=entry.pk)
    if entry.left_on is not None:
        raise ValidationError(f"{entry.member.person.name}已经退出人才库。")
    if left_on > timezone.localdate() or left_on < entry.consented_on:
        raise ValidationError({"left_on": f"退出日期要在{cn_date(entry.consented_on)}以后、今天以前。"})
    entry.left_on, entry.left_why = left_on, left_why
    entry.save()
    trail.record("branches.pool_left", entry, by=by, changes={"退出日期": (None, cn_date(left_on))}, reason=left_why)


def listed(entries, day):
    """[(group, rows ready to print)] of the open entries, 方案's own groups first; one query."""
    rows = entries.filter(left_on=None).select_related("member__person", "member__branch", "community")
    by_group = {label: [] for label, _ in GROUPS}
    label_of = {background: label for label, backgrounds in GROUPS for background in backgrounds}
    for entry in rows.order_by("member__strokes", "id"):
        by_group[label_of[entry.member.background]].append(_row(entry, day))
    return [(label, found) for label, found in by_group.items() if found]


def _row(entry, day):
    member, person = entry.member, entry.member.person
    born = person.birth_date
    since = f"{full_years(member.full_on, day)}年" if member.full_on else "未记录"
    return {
        "id": entry.pk,
        "person": person.pk,
        "name": person.name,
        "sex": person.get_sex_display(),
        "born": cn_date(born, "m") if born else "未记录",
        "standing": since,
        "branch": str(member.branch or "—"),
        "community": str(entry.community),
        "background": member.get_background_display() or "未记录",
        "consent": f"{cn_date(entry.consented_on)}，{entry.get_consent_display()}",
        "note": entry.note,
    }
