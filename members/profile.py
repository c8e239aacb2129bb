"""What one person's page says: label and value rows, ready to print."""

from django.urls import reverse
from django.utils import timezone

from accounts.roles import ROSTER_KEEPERS, STAFF
from members import reveal
from members.figures import full_years
from members.filters import missing, with_lacks
from members.listing import post_words
from members.models import Correction, Member, Person, PersonPlace, Placement, Post, Transfer
from office.audit.models import Trail
from office.audit.words import sentence
from office.chinese.dates import cn_date

RELATION_MEANS = {
    Member.Relation.DIRECT: "直管（组织关系在本社区）",
    Member.Relation.IN_SERVICE: "在职报到（组织关系在单位）",
    Member.Relation.FLOATING_IN: "流入（组织关系在外地）",
}
HISTORY_SHOWN = 20
REMARKS_SHOWN = 5


def membership_rows(member, day):
    """党员身份: each class named by itself (N-04, R-201, R-202)."""
    full = member.stage == Member.Stage.FULL
    standing = f"{full_years(member.full_on, day)}年" if full and member.full_on else ""
    rows = [
        ("人员类别", member.get_stage_display()),
        ("关系类别", RELATION_MEANS[member.relation]),
        ("党籍状态", _standing(member)),
        ("流出", "是，组织关系在本社区，人在外地" if member.floating_out else "否"),
        ("所在党支部", str(member.branch or "")),
        ("单位党组织", member.employer_org),
        ("加入党组织日期", member.joined_on and cn_date(member.joined_on, member.joined_precision)),
        ("转为正式党员日期", member.full_on and cn_date(member.full_on, member.full_precision)),
        ("党龄", standing),
        ("表决权", _suspension(member)),
    ]
    optional = {"单位党组织", "表决权", "党龄"}
    if not full:
        optional.add("转为正式党员日期")
    return [{"label": label, "value": value or ""} for label, value in rows if value or label not in optional]


def _standing(member):
    """停止党籍，2026年3月1日起，示范镇党委（郑和签批）决定，示委〔2026〕3号."""
    normal = member.status == Member.Status.NORMAL
    last = None if normal else member.standing_changes.filter(status=member.status).first()
    if last is None:
        return member.get_status_display()
    decided = f"{last.decided_by}决定" if last.decided_by else ""
    words = [member.get_status_display(), f"{cn_date(last.on)}起", decided, last.paper, last.place]
    return "，".join(filter(None, words))


def keeping(member, user):
    """What the reader may do about this member's record, and what is under way: an open transfer, remarks not settled."""
    reach = user.reach_as(*ROSTER_KEEPERS)
    keeps = member.town_id in reach.towns or member.community_id in reach.communities
    remarks = Correction.objects.filter(member=member.pk).select_related("given_by", "settled_by").order_by("-pk")
    return {
        "keeps": keeps,
        "transfer": Transfer.objects.filter(member=member.pk, state=Transfer.State.OPEN).first() if keeps else None,
        "remarks": [_remark(row) for row in remarks[:REMARKS_SHOWN]],
    }


def _remark(row):
    answer = f"已办结：{row.answer}" if row.settled_at else "等社区核对"
    return {
        "when": cn_date(timezone.localdate(row.given_at)),
        "text": row.text,
        "who": f"{row.given_by}反映，{answer}",
        "on": row.settled_at is not None,
    }


def _suspension(member):
    if not member.vote_suspended_from:
        return ""
    until = cn_date(member.vote_suspended_until) if member.vote_suspended_until else "另行通知"
    return f"{cn_date(member.vote_suspended_from)}起暂停，到{until}"


def person_rows(person, member, request):
    """个人情况 with the masked number and telephone, and the way to look them up.

    Of somebody who is no member the office keeps name, telephone and unit only (decisions 4).
    """
    staff = request.user.has_role(*STAFF)
    if member is None:
        unit = {"label": "单位", "value": person.unit}
        political = {"label": "政治面貌", "value": person.get_political_status_display()}
        return [_phone_row(person, request), unit, *([political] if staff else [])]
    return [
        *(_staff_rows(person, request) if staff else []),
        _phone_row(person, request),
        {"label": "居住小区", "value": str(member.home_compound or "")},
        {"label": "楼栋房号", "value": member.door},
        {"label": "本小区业主", "value": "是" if member.owns_unit else "未记录"},
        {"label": "身份", "value": member.get_background_display()},
    ]


def _staff_rows(person, request):
    return [
        {"label": "性别", "value": person.get_sex_display()},
        {"label": "出生日期", "value": cn_date(person.birth_date) if person.birth_date else ""},
        _id_row(person, request),
    ]


def _phone_row(person, request):
    full = reveal.shown(request.session, request.user, person, "phone")
    if full:
        return {"label": "联系电话", "value": full, "url": f"tel:{full}", "link": "拨打"}
    return {"label": "联系电话", "value": person.masked_phone} | _look_up(person, "phone", person.phone, request.user)


def _id_row(person, request):
    full = reveal.shown(request.session, request.user, person, "id")
    if full:
        return {"label": "公民身份号码", "value": full}
    row = {"label": "公民身份号码", "value": person.masked_id or "未填（选填）"}
    return row | _look_up(person, "id", person.id_sealed, request.user)


def _look_up(person, what, kept, user):
    if not kept or not reveal.SECRETS[what].may(user, person):
        return {}
    return {"url": f"{reverse('person_reveal', args=[person.pk])}?what={what}", "link": "查看"}


def placement_lines(member):
    """党组织归属 over time, newest first, for components/trail.html."""
    rows = Placement.objects.filter(member=member.pk).select_related("branch", "community")
    relations = dict(Member.Relation.choices)
    return [
        {
            "when": span(row),
            "text": f"{row.branch or row.community} · {relations[row.relation]}",
            "who": row.get_how_display(),
            "on": row.ends_on is None,
        }
        for row in sorted(rows, key=lambda row: (row.ends_on is None, row.pk), reverse=True)
    ]


def post_lines(person, day):
    """(posts held that day, ended or coming ones), newest first."""
    rows = Post.objects.filter(person=person.pk).select_related("body").order_by("-starts_on", "position", "-pk")
    held, past = [], []
    for row in rows:
        line = {
            "when": span(row),
            "text": post_words(row.body_id, row.body.short_name, row.title),
            "who": "，".join(filter(None, [row.get_source_display(), row.get_how_display(), row.paper])),
            "on": row.is_on(day),
        }
        (held if row.is_on(day) else past).append(line)
    return held, past


def span(row):
    """2024年1月1日起, 2020年7月—2023年6月30日, 到2023年6月30日, 起始日期未记录."""
    starts = cn_date(row.starts_on, row.starts_precision) if row.starts_on else ""
    if row.ends_on is None:
        return f"{starts}起" if starts else "起始日期未记录"
    return f"{starts}—{cn_date(row.ends_on)}" if starts else f"到{cn_date(row.ends_on)}"


def seen_from(person):
    """The bodies and compounds whose staff find this person: the names of the places."""
    rows = PersonPlace.objects.filter(person=person.pk).values_list(
        "community__name", "branch__short_name", "compound__name"
    )
    names = {}
    for row in rows:
        names.update(dict.fromkeys(filter(None, row)))
    return list(names)


def lacks(person):
    """What is still missing from the register, in words."""
    row = with_lacks(Member.objects.filter(person=person.pk)).values().first()
    return missing(row) if row else []


def history(person):
    """What was done about this person, newest first, in sentences."""
    rows = Trail.objects.about(person).order_by("-id")[:HISTORY_SHOWN]
    return [
        {
            "when": f"{cn_date(timezone.localtime(row.at))} {timezone.localtime(row.at):%H:%M}",
            "text": "，".join(filter(None, [sentence(row.verb), *_changed(row.changes), row.reason])),
            "who": row.actor_name,
            "on": True,
        }
        for row in rows
    ]


def _changed(changes):
    for field, pair in changes.items():
        before, after = (value if value not in (None, "") else "空" for value in pair)
        yield f"{field}：{after}" if before == "空" else f"{field}由“{before}”改为“{after}”"


def title_line(person, member):
    """The one line under the name: what the person is here."""
    if member is None:
        return person.get_political_status_display() if person.political_status != Person.Political.PARTY else ""
    words = [member.get_stage_display(), dict(Member.Relation.choices)[member.relation], member.branch]
    return " · ".join(str(word) for word in words if word)
