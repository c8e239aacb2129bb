"""Leadership of a branch: seats and roles, ways and sources, standing, vacancies, shares; pages and ledger."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from branches import leadership, leadership_listing
from branches.leadership import Seat, limits, vacancies, validate
from branches.models import Branch
from desk import home
from members.models import Post
from office.areas.models import Body
from office.audit.models import Trail
from office.rulebook.models import TownRule
from office.rulebook.rules import rule

ON = date(2026, 11, 23)
T = leadership.Limits(**{name: rule(key, ON) for name, key in leadership.KEYS.items()})
TITLES = ("secretary", "org_member", "publicity_member", "discipline_member", "committee_member")


def seats(number, **first):
    made = [Seat(TITLES[min(n, 4)], person=n, name=f"甲{n}", how="elected") for n in range(number)]
    return [Seat("secretary", person=0, name="甲0", **{"how": "elected", **first}), *made[1:]]


def keys(found, **facts):
    facts = {"full_members": 20, "has_committee": True, "on": ON, "t": T, **facts}
    return [(finding.key, finding.level) for finding in validate(found, **facts)]


def test_how_many_seats_and_whether_a_committee():
    assert keys(seats(3)) == keys(seats(5)) == []
    assert keys(seats(2)) == [("seats_few", "W")]
    assert keys(seats(6)) == keys(seats(7)) == [("seats_many", "W")]
    assert keys(seats(8)) == [("seats_max", "W")]
    assert keys(seats(3), full_members=6) == [("no_committee", "W")]
    assert keys(seats(3), full_members=7) == []
    assert keys(seats(1), full_members=7, has_committee=False) == [("committee", "W")]
    assert keys(seats(1), full_members=6, has_committee=False) == []
    deputies = [Seat("deputy_secretary", person=9 + n, how="elected") for n in range(2)]
    assert keys([*seats(3), *deputies]) == [("many_deputy_secretary", "W")]
    concurrent = [Seat("concurrent_member", person=30 + n) for n in range(9)]
    assert keys([*seats(3), *concurrent]) == []  # 不占职数（R-134）
    both = [*seats(3), Seat("org_member", person=0, how="elected")]
    assert keys(both) == []  # 一人两职，仍是三人


def test_ways_papers_and_standing():
    for how in ("appointed", "acting"):
        assert keys(seats(3, how=how)) == [("given_0", "B")]
        assert keys(seats(3, how=how, paper="示委〔2026〕1号")) == [("given_0", "B")]
        assert keys(seats(3, how=how, paper="示委〔2026〕1号", reason="暂无合适人选")) == []
    since = date(2026, 3, 1)
    assert keys(seats(3, since=since, full_on=date(2025, 3, 1))) == []  # 正好一年
    assert keys(seats(3, since=since, full_on=date(2025, 3, 2))) == [("standing", "W")]
    found = validate(seats(3, since=since, full_on=date(2025, 3, 2)), full_members=9, has_committee=True, on=ON, t=T)
    assert found[0].text == "书记甲02025年3月2日转正，到任职时党龄不满1年。"
    assert found[0].cite == "支部工作条例第二十三条"


@settings(max_examples=60)
@given(number=st.integers(1, 12), full=st.integers(0, 60), committee=st.booleans(), order=st.randoms())
def test_what_is_found_does_not_depend_on_the_order(number, full, committee, order):
    made = seats(number)
    found = set(keys(made, full_members=full, has_committee=committee))
    order.shuffle(made)
    assert set(keys(made, full_members=full, has_committee=committee)) == found
    assert ("committee", "W") in found if full >= 7 and not committee else ("committee", "W") not in found
    assert len([key for key, _ in found if key.startswith("seats")]) <= 1


def test_a_vacancy_ages_against_the_towns_limit(place):
    branch, post = place.body["湖畔党支部"], Post.objects.get(body=place.body["湖畔党支部"], title="secretary")
    assert vacancies([branch.pk], place.today) == {}
    for days, over in ((59, False), (60, False), (61, True)):
        Post.objects.filter(pk=post.pk).update(ends_on=place.today - timedelta(days=days))
        found = vacancies([branch.pk], place.today)[branch.pk]
        assert (found.days, found.over, found.words) == (days, over, f"空缺{days}天")
    TownRule.objects.create(
        town=branch.town,
        key="secretary_vacancy_alert_days",
        value=90,
        basis="镇党委会议定",
        valid_from=date(2026, 1, 1),
    )
    assert not vacancies([branch.pk], place.today)[branch.pk].over
    Post.objects.filter(pk=post.pk).update(
        ends_on=None, how="acting", starts_on=place.today - timedelta(days=180), reason="暂无合适人选"
    )
    found = vacancies([branch.pk], place.today)[branch.pk]
    assert (found.days, found.over, found.words) == (181, True, "田大利暂任181天")
    post.delete()
    found = vacancies([branch.pk], place.today)[branch.pk]
    assert found.since == date(2020, 7, 1)  # 从来没有书记的，从批准那天算


def test_shares_count_people_once_and_no_concurrent_members(place):
    branch = place.body["湖畔党支部"]
    place.add_post("王伟", "湖畔党支部", "org_member")
    place.add_post("王伟", "湖畔党支部", "deputy_secretary")
    place.add_post("丁小宁", "湖畔党支部", "concurrent_member")
    rows = leadership.posts_of([branch.pk, place.body["公园党支部"].pk], place.today)
    shares = {pk: leadership.share_of(leadership.held(found, place.today)) for pk, found in rows.items()}
    assert (shares[branch.pk].officers, shares[branch.pk].owners, shares[branch.pk].outside) == (2, 2, 2)
    assert shares[branch.pk].words == "业委会2人"
    assert shares[place.body["公园党支部"].pk].words == ""


def appoint(place, name, title, **facts):
    branch = Branch.objects.select_related("body", "community").get(pk=place.body["湖畔党支部"].pk)
    facts = {"starts_on": place.today, "by": place.user["社区书记"], "how": "elected", **facts}
    return leadership.appoint(branch, place.member[name].person, title, **facts)


def refusal(*args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        appoint(*args, **kwargs)
    return caught.value.message_dict


def test_what_warns_goes_on_with_a_reason_that_stays(place):
    said = refusal(place, "王伟", "org_member")["reason"]
    assert "正式党员3名，不足7名，只设书记，必要时设副书记，不设委员。（支部工作条例第二十条）" in said
    post = appoint(place, "王伟", "org_member", reason="小区分两期，分头联系")
    assert post.reason == "小区分两期，分头联系"
    assert Trail.objects.get(verb="members.post_taken", object_id=str(post.pk)).reason == "小区分两期，分头联系"

    said = refusal(place, "丁小宁", "deputy_secretary", how="appointed")
    assert said == {"paper": ["指派要写依据文件。"], "reason": ["指派要写理由。"]}
    facts = {"how": "appointed", "paper": "西委〔2026〕3号", "reason": "暂无其他合适人选"}
    assert appoint(place, "丁小宁", "deputy_secretary", **facts).paper == "西委〔2026〕3号"
    branch = Branch.objects.get(pk=place.body["湖畔党支部"].pk)
    said = leadership_listing.of_branch(branch, place.today).findings
    assert [finding["text"] for finding in said] == ["正式党员3名，不足7名，只设书记，必要时设副书记，不设委员。"]


def test_an_appointed_secretary_lets_an_approved_branch_begin_and_an_acting_one_does_not(place):
    key = place.body["湖畔党支部"].pk
    Post.objects.filter(body=key, title="secretary").delete()
    Branch.objects.filter(pk=key).update(state="approved", term_years=3, term_ends_on=None)
    facts = {"source": "source_dispatched", "paper": "西委〔2026〕3号", "reason": "暂无合适人选"}
    acting = appoint(place, "王伟", "secretary", how="acting", **facts)
    assert Branch.objects.get(pk=key).state == "approved"
    acting.delete()
    appoint(place, "田大利", "secretary", how="appointed", **facts)
    begun = Branch.objects.get(pk=key)
    assert begun.state == "running"
    assert 1090 < (begun.term_ends_on - place.today).days < 1097  # 三年差一天


def test_the_pages_of_one_branch(place, as_user):
    secretary, branch = as_user("社区书记"), place.body["湖畔党支部"]
    place.add_post("王伟", "湖畔党支部", "concurrent_member", how="recommended")
    url = reverse("branch_posts", args=[branch.pk])
    page = secretary.get(url).content.decode()
    assert "小区选拔" in page
    assert "同时在业委会任职" in page
    assert "还没明确" in page  # 联系干部
    assert "结束任职" in page
    own = as_user("支部书记").get(url).content.decode()
    assert "结束任职" not in own
    assert "登记任职" not in own

    new = reverse("post_new", args=[branch.pk])
    titles = secretary.get(new).content.decode()
    assert "田大利在任，先结束他的任职" in titles
    assert "?title=secretary" not in titles
    form = secretary.get(f"{new}?title=org_member").content.decode()
    assert "丁小宁（湖畔，1960年生）" in form
    assert "赵云" not in form
    answers = {"person": place.member["丁小宁"].pk, "how": "appointed", "starts_on": "今天", "duty": "组织工作"}
    answer = secretary.post(f"{new}?title=org_member", answers).content.decode()
    assert "指派要写依据文件。" in answer
    assert 'value="组织工作"' in answer  # 填的还在
    assert secretary.post(f"{new}?title=org_member", answers | {"person": 10**12}).status_code == 200
    done = secretary.post(f"{new}?title=org_member", answers | {"paper": "西委〔2026〕3号", "reason": "人手不够"})
    assert done.url == url
    assert "理由：人手不够" in secretary.get(url).content.decode()

    committee = place.body["北社区"]
    Post.objects.create(person=place.member["何静"].person, body=committee, title="deputy_secretary")
    assert "何静（北社区党委副书记）" in secretary.get(f"{new}?title=liaison").content.decode()
    assert "王伟（湖畔业委会主任）" in secretary.get(f"{new}?title=concurrent_member").content.decode()
    found = secretary.get(f"{new}?title=liaison&q=罗").content.decode()
    assert "罗辉（公园，正式党员）" in found
    foreign = secretary.get(f"{new}?title=liaison&q=赵").content.decode()
    assert "没有找到" in foreign

    post = Post.objects.get(body=branch, title="secretary")
    ended = reverse("post_end", args=[post.pk])
    assert "组织调整要有决定" in secretary.post(ended, {"how": "adjusted", "ends_on": "今天"}).content.decode()
    assert secretary.post(ended, {"how": "adjusted", "ends_on": "今天", "paper": "西委〔2026〕9号"}).url == url
    assert "已经结束" in secretary.post(ended, {"how": "term", "ends_on": "今天"}).content.decode()


def test_posts_of_a_cell_and_of_a_guidance_group(place, as_user):
    north = place.community["北社区"]
    cell, group = (
        Body.objects.create(town=north.town, community=north, kind=kind, name=kind, short_name=kind)
        for kind in ("grid_cell", "guidance_group")
    )
    clerk, person = as_user("社区工作者"), place.member["罗辉"].person_id
    url = f"{reverse('body_post_new', args=[cell.pk])}?title=building_head&q=罗"
    answers = {"person": person, "how": "recommended", "starts_on": "今天", "duty": "3栋"}
    assert clerk.post(url, answers).url == reverse("cell", args=[cell.pk])
    post = Post.objects.get(body=cell)
    assert (post.title, post.duty, post.how) == ("building_head", "3栋", "recommended")
    url = f"{reverse('body_post_new', args=[cell.pk])}?title=grid_worker"
    answers = {"person": "", "name": "吴用", "unit": "", "how": "appointed", "starts_on": "今天"}
    assert "写清是哪个单位的" in clerk.post(url, answers).content.decode()
    assert "只用一种" in clerk.post(url, answers | {"name": ""}).content.decode()
    assert clerk.post(url, answers | {"unit": "北社区居委会"}).status_code == 302
    worker = Post.objects.get(body=cell, title="grid_worker")
    assert (worker.person.name, worker.person.unit) == ("吴用", "北社区居委会")
    again = clerk.post(url, answers | {"unit": "北社区居委会"}).content.decode()
    assert "本镇已登记吴用（北社区居委会）" in again
    assert clerk.get(reverse("body_post_new", args=[group.pk])).status_code == 403  # 指导组由镇派出
    assert as_user("镇党建办").get(reverse("body_post_new", args=[group.pk])).status_code == 200
    assert clerk.get(reverse("body_post_new", args=[place.body["湖畔业委会"].pk])).status_code == 404


def test_the_ledger_and_its_to_dos(place, as_user):
    town = as_user("镇党建办")
    Post.objects.filter(body=place.body["公园党支部"], title="secretary").update(
        ends_on=place.today - timedelta(days=63), ended_how="moved"
    )
    Branch.objects.filter(pk=place.body["湖畔党支部"].pk).update(term_ends_on=place.today + timedelta(days=90))
    page = town.get(reverse("leadership")).content.decode()
    assert "空缺63天；没有联系干部" in page
    assert "该准备换届" in page
    vacant = town.get(reverse("leadership"), {"gap": "vacant"}).content.decode()
    assert "公园党支部" in vacant
    assert "湖畔党支部" not in vacant
    dated, gaps = home.todos(place.user["社区书记"], place.today)
    line = next(line for line in gaps if line["verb"] == "补书记")
    assert line["why"].startswith("北社区 · 空缺63天，时间长了，尽快补齐")
    assert line["url"] == reverse("branch_posts", args=[place.body["公园党支部"].pk])
    term = next(line for line in dated if line["verb"] == "准备支部换届")
    assert term["url"] == reverse("branch_term", args=[place.body["湖畔党支部"].pk])


def test_limits_are_one_query(place, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert limits(place.town["西塘镇"].pk, ON).seats_min.value == 3
