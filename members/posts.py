"""Taking up and leaving a post: the deeds behind Post rows of branches, guidance groups, patches and cells.

What the Party's rules say of a branch's leadership stands in branches.leadership; here is what holds for every post.
A secretary or liaison who has an account is given the duty that goes with it, and loses it with the post.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import deeds
from accounts.models import Assignment
from accounts.roles import Role
from members import places
from members.models import BRANCH_OFFICERS, Member, Person, Post
from office.areas.models import Body
from office.audit import trail
from office.chinese.dates import cn_date

Title, Kind = Post.Title, Body.Kind
TITLES_OF = {
    Kind.BRANCH: (*BRANCH_OFFICERS, Title.CONCURRENT, Title.LIAISON, Title.GROUP_LEADER),
    Kind.GUIDANCE_GROUP: (Title.GROUP_HEAD, Title.GROUP_MEMBER),
    Kind.PATCH: (Title.PATCH_HEAD,),
    Kind.GRID_CELL: (Title.GRID_WORKER, Title.BUILDING_HEAD),
}
SINGLE = (Title.SECRETARY, Title.LIAISON, Title.PATCH_HEAD)  # 同一时候只有一名
DUTY_OF = {Title.SECRETARY: Role.BRANCH_SECRETARY, Title.LIAISON: Role.LIAISON}
CONVENES = "选举前召集"  # reason of the duty that a former secretary holds until a new one takes up
TAKEN = "这个职务已有人担任，先结束原来的任职。"
BY_SECURITY = "账号职责请安全管理员授予"


@transaction.atomic
def take_up(
    person, body, title, *, starts_on, how="", source="", paper="", reason="", duty="", position=0, by
):  # fmt: skip
    """`person` takes the post from `starts_on`; returns the Post. Raises ValidationError by field, in Chinese:
    another town's person, a title the body does not have, a post that is taken then, who may not hold it (R-134, R-141).

    `position` 0: by the title's own order. `duty_words` tells whether the account got its duty.
    """
    title = Title(title)
    body = Body.objects.select_for_update().get(pk=body.pk)  # 同一组织的任职排队
    _refuse_place(person, body, title, starts_on)
    _refuse_taken(person, body, title, starts_on)
    _refuse_unfit(person, title, starts_on)
    post = Post(
        person=person, body=body, title=title, starts_on=starts_on, how=how, source=source, paper=paper, reason=reason,
        duty=duty, position=position or _order(title),
    )  # fmt: skip
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError:
        raise ValidationError({"title": TAKEN}) from None
    places.refresh([person.pk])
    _give_duty(post, by)
    facts = {"姓名": person.name, "从哪天起": cn_date(starts_on), "产生方式": post.get_how_display()}
    facts |= {"来源": post.get_source_display(), "依据文件": paper, "分工": duty}
    changes = {label: (None, value) for label, value in facts.items() if value}
    trail.record("members.post_taken", post, by=by, changes=changes, reason=reason)
    return post


@transaction.atomic
def end(post, *, ends_on, how, paper="", by):
    """The post's last day is `ends_on`; the duty of the holder's account ends with it. Raises ValidationError by field.

    Dissolved with its branch on the very day it began (支部调整), it never was: the row goes, the trail keeps it.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("body", "person").get(pk=post.pk)
    how = Post.EndedHow(how)
    _refuse_end(post, ends_on, how, paper)
    facts = {"姓名": post.person.name, "最后一天": cn_date(ends_on), "离任原因": how.label, "离任依据": paper}
    changes = {label: (None, value) for label, value in facts.items() if value}
    trail_of = Post(pk=post.pk, body=post.body, title=post.title, town_id=post.town_id)
    if post.starts_on and ends_on < post.starts_on:
        post.delete()
    else:
        post.ends_on, post.ended_how, post.ended_paper = ends_on, how, paper
        post.save()
    _end_duty(post, ends_on, by)
    places.refresh([post.person_id])
    trail.record("members.post_ended", trail_of, by=by, changes=changes)


@transaction.atomic
def newcomer(town, name, unit, *, by):
    """Somebody the office does not know yet, by name and 单位, so that he can take a post. Raises ValidationError where
    the town knows a person of that name and 单位 already: he is to be found, not doubled."""
    if Person.objects.filter(town=town, name=name, unit=unit).exists():
        raise ValidationError({"name": f"本镇已登记{name}（{unit}），请用“找人”选他。"})
    person = Person.objects.create(town=town, name=name, unit=unit)
    trail.record("members.person_noted", person, by=by, changes={"姓名": (None, name), "单位": (None, unit)})
    return person


def duty_words(post):
    """What to say about the account that goes with a post: "" where there is none to have, or it has its duty."""
    role = DUTY_OF.get(post.title)
    if role is None or post.person.user_id is None:
        return ""
    held = Assignment.objects.on(timezone.localdate()).filter(user=post.person.user_id, role=role, body=post.body_id)
    return "" if held.exists() else f"{post.person.name}的{BY_SECURITY}。"


# ── What no post allows ──


def _refuse_place(person, body, title, starts_on):
    if person.town_id != body.town_id:
        raise ValidationError({"person": "只能由本镇登记的人担任。"})
    if title not in TITLES_OF.get(body.kind, ()):
        raise ValidationError({"title": f"{body.get_kind_display()}没有“{title.label}”这个职务。"})
    if starts_on > timezone.localdate():
        raise ValidationError({"starts_on": "这一天还没有到，到了再登记。"})
    if body.starts_on and starts_on < body.starts_on:
        raise ValidationError({"starts_on": f"{body}从{cn_date(body.starts_on)}起才有。"})
    if body.ends_on and starts_on > body.ends_on:
        raise ValidationError({"starts_on": f"{body}到{cn_date(body.ends_on)}为止。"})


def _refuse_taken(person, body, title, starts_on):
    """Nobody holds the same post of the body twice at a time; a single post has one holder."""
    lasting = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on), body=body, title=title)
    own = lasting.filter(person=person).first()
    if own:
        raise ValidationError({"person": f"{person.name}已经是{title.label}{_until(own)}，不用再登记。"})
    other = lasting.select_related("person").first() if title in SINGLE else None
    if other:
        field = "starts_on" if other.ends_on else "title"
        raise ValidationError({field: f"{title.label}由{other.person.name}担任{_until(other)}。{_advice(other)}"})


def _until(post):
    return f"到{cn_date(post.ends_on)}" if post.ends_on else ""


def _advice(post):
    return "从第二天起写。" if post.ends_on else "先结束他的任职。"


def _refuse_unfit(person, title, starts_on):
    """A branch's officers are full members (R-141), its 兼职委员 members (R-134); nobody dead takes up anything."""
    member = Member.objects.filter(pk=person.pk).first()
    if member and member.status == Member.Status.DECEASED:
        raise ValidationError({"person": f"{person.name}已登记去世，请核对。"})
    if title not in (*BRANCH_OFFICERS, Title.CONCURRENT, Title.GROUP_LEADER):
        return
    if member is None and person.political_status != person.Political.PARTY:
        raise ValidationError({"person": f"{title.label}由中共党员担任；系统里{person.name}不是党员，请核对政治面貌。"})
    if member and member.status == Member.Status.SUSPENDED:
        raise ValidationError({"person": f"{person.name}现在停止党籍，不能担任{title.label}。"})
    if title != Title.CONCURRENT and member and not _full_on(member, starts_on):
        raise ValidationError({"person": f"{person.name}那天还是预备党员，没有被选举权，不能担任{title.label}。"})


def _full_on(member, day):
    return member.stage == Member.Stage.FULL and (
        member.full_on is None or member.full_precision != "d" or member.full_on <= day
    )


def _refuse_end(post, ends_on, how, paper):
    if post.ends_on is not None:
        raise ValidationError(f"{post.person.name}的任职已经结束（到{cn_date(post.ends_on)}），没有重复办理。")
    if ends_on > timezone.localdate():
        raise ValidationError({"ends_on": "这一天还没有到，到了再办。"})
    if post.starts_on and ends_on < post.starts_on and how != Post.EndedHow.REORGANISED:
        raise ValidationError({"ends_on": f"{post.person.name}从{cn_date(post.starts_on)}起任职，最后一天不能更早。"})
    if how == Post.EndedHow.ADJUSTED and not paper:
        raise ValidationError({"paper": "组织调整要有决定，写上文号或者会议名称。"})


def _order(title):
    """Where a title stands among the posts of its body."""
    return next(titles.index(title) for titles in TITLES_OF.values() if title in titles) + 1


# ── The account that goes with a post ──


def _give_duty(post, by):
    role = DUTY_OF.get(post.title)
    if role is None:
        return
    today = timezone.localdate()
    if role == Role.BRANCH_SECRETARY:
        _end_convening(post, today, by)
    user = post.person.user
    held = user and Assignment.objects.on(today).filter(user=user, role=role, body=post.body).exists()
    if user is None or held or (by is not None and user.pk == by.pk):
        return
    try:
        deeds.grant(user, role, body=post.body, starts_on=today, by=by)
    except ValidationError:
        return  # 三员分立等不许的，由安全管理员处理；duty_words 会说


def _end_convening(post, today, by):
    """The former secretary called the members together until this day."""
    convening = Assignment.objects.on(today).filter(
        role=Role.BRANCH_SECRETARY, body=post.body, reason=CONVENES, ends_on=None
    )
    for assignment in convening.exclude(user=post.person.user_id):
        _close(assignment, today - timedelta(days=1), by)


def _end_duty(post, ends_on, by):
    role, user = DUTY_OF.get(post.title), post.person.user_id
    if role is None or user is None:
        return
    yesterday = timezone.localdate() - timedelta(days=1)
    for assignment in Assignment.objects.filter(user=user, role=role, body=post.body, ends_on=None):
        _close(assignment, max(ends_on, yesterday), by)


def _close(assignment, on, by):
    if by is None or assignment.user_id != by.pk:  # 自己的职责由安全管理员结束
        deeds.end(assignment, on=on, by=by)
