"""任期: no silent default, extension within a year or on purpose, the reminder written once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from branches import terms
from branches.models import Branch, TermChange
from office.audit.models import Trail
from office.papers.models import Document
from office.rulebook.rules import conflict

WAS = date(2026, 12, 31)


def branch_of(place, **facts):
    Branch.objects.filter(pk=place.body["湖畔党支部"].pk).update(**{"term_ends_on": WAS, **facts})
    return Branch.objects.select_related("body", "community", "town").get(pk=place.body["湖畔党支部"].pk)


def test_an_extension_needs_a_paper_and_within_a_year_no_more(place):
    branch, by = branch_of(place), place.user["社区书记"]
    facts = {"approved_on": place.today, "paper": "西委〔2026〕7号", "reason": "业委会同期换届", "by": by}

    def change(until, kind="extended", was=WAS, **more):
        return terms.change(branch, kind=kind, was=was, until=until, **facts, **more)

    for until, kind, field in (
        (WAS, "extended", "until"),
        (WAS + timedelta(days=1), "early", "until"),
        (date(2028, 1, 1), "extended", "beyond"),
        (date(2025, 12, 30), "early", "beyond"),
    ):
        with pytest.raises(ValidationError) as caught:
            change(until, kind)
        assert list(caught.value.message_dict) == [field]
    assert change(date(2027, 12, 31)).get_kind_display() == "延期"  # 正好12个月
    assert Branch.objects.get(pk=branch.pk).term_ends_on == date(2027, 12, 31)
    with pytest.raises(ValidationError, match="刚才有人改过任期，现在是2027年12月31日"):
        change(date(2027, 6, 30))
    assert change(date(2029, 1, 1), was=date(2027, 12, 31), beyond=True).until == date(2029, 1, 1)
    assert [row.reason for row in Trail.objects.filter(verb="branches.term_changed")] == ["业委会同期换届"] * 2


def test_the_page_asks_for_the_replys_term_and_suggests_none(place, as_user):
    client, branch = as_user("社区书记"), branch_of(place, term_ends_on=None, term_years=None)
    url = reverse("branch_term", args=[branch.pk])
    page = client.get(url).content.decode()
    assert " checked" not in page  # 没有默认的任期（R-123）
    assert conflict("C-13").resolution in page
    assert "请选批复写的任期。" in client.post(url, {}).content.decode()
    client.post(url, {"years": "5", "ends_on": "2028年12月24日", "paper": "西委〔2023〕12号"})
    branch.refresh_from_db()
    assert (branch.term_years, branch.term_ends_on) == (5, date(2028, 12, 24))

    answers = {"kind": "extended", "until": "2030年6月30日", "approved_on": "今天", "paper": "西委〔2026〕7号"}
    answers |= {"reason": "集中困难", "was": "2028-12-24"}
    asked = client.post(url, answers).content.decode()
    assert "超过12个月" in asked
    assert 'type="checkbox" name="beyond"' in asked
    assert "这张表不完整" in client.post(url, answers | {"was": "昨天"}).content.decode()
    client.post(url, answers | {"beyond": "on"})
    assert TermChange.objects.get().until == date(2030, 6, 30)
    assert "2028年12月24日改到2030年6月30日" in client.get(url).content.decode()


def test_the_reminder_is_drafted_once_and_is_the_towns(place, as_user):
    branch, town = branch_of(place), as_user("镇党建办")
    url = reverse("branch_term_letter", args=[branch.pk])
    first, second = town.post(url), town.post(url)
    assert first.url == second.url
    letter = Document.objects.get()
    assert (letter.kind, letter.issuer, letter.addressee) == ("letter", place.body["西塘镇"], branch.body.name)
    text = str(letter.body)
    assert "2026年12月31日届满" in text
    assert "《中国共产党支部工作条例（试行）》第二十一条" in text
    assert letter.title in town.get(reverse("branch_term", args=[branch.pk])).content.decode()
