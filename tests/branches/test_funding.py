"""经费: exact amounts, sums in 万元, voided and never deleted (M-63)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from branches import funding
from branches.funding import Sums
from branches.models import FundingItem
from office.audit.models import Trail
from office.chinese.numbers import yuan
from tests.test_exports import File


def record(place, fen, *, kind="granted", branch="湖畔党支部", on=None, purpose="阵地建设"):
    body = place.body[branch] if branch else None
    return funding.record(
        place.community["北社区"], body, kind=kind, source="town", on=on or place.today, amount_fen=fen, purpose=purpose,
        by=place.user["社区书记"],
    )  # fmt: skip


def typed(place, /, **more):
    fields = {"place": f"b{place.body['湖畔党支部'].pk}", "kind": "granted", "source": "town", "on": "今天"}
    return fields | {"amount": "5,000.50", "purpose": "购买 党旗", "paper": ""} | more


def test_sums_are_exact_and_shown_in_wan(place, as_user):
    record(place, 1_234_567)
    record(place, 33, purpose="利息")
    record(place, 200_049, kind="spent", purpose="书报架")
    record(place, 5_000_000, branch=None, purpose="社区统筹")
    record(place, 700, on=date(place.today.year - 1, 5, 1), purpose="去年")
    wrong = record(place, 99_999_900, kind="spent", purpose="写错")
    funding.void(wrong, reason="金额写错", by=place.user["社区书记"])
    hu, gong = place.body["湖畔党支部"].pk, place.body["公园党支部"].pk
    assert funding.summary([hu, gong], place.today.year) == {hu: (1_234_600, 200_049), gong: (0, 0)}
    client = as_user("社区书记")
    page = client.get(reverse("funding")).content.decode()
    for shown in ("1.23", "0.20", "1.03", "5.00", "6.23", "12,345.67", "2,000.49", "<s>999,999.00</s>", "金额写错"):
        assert shown in page, shown
    assert "去年" not in page
    assert "去年" in client.get(reverse("funding"), {"year": ""}).content.decode()
    liaison = as_user("联系干部").get(reverse("funding")).content.decode()
    assert "书报架" in liaison
    assert "社区统筹" not in liaison
    assert "还没有经费记录" in as_user("邻社区书记").get(reverse("funding")).content.decode()
    file = File(
        client.post(reverse("funding_export"), {"purpose": "check", "columns": ["amount", "purpose", "state"]}), "日期"
    )
    assert dict(zip(file.column("用途"), file.column("金额（元）"), strict=True))["阵地建设"] == 12345.67
    assert sum(bool(said) for said in file.column("作废")) == 1


def test_an_amount_is_recorded_and_voided_once(place, as_user):
    client, url = as_user("社区书记"), reverse("funding_new")
    assert client.post(url, typed(place)).status_code == 302
    item = FundingItem.objects.get()
    assert (item.amount_fen, item.purpose, item.branch) == (500_050, "购买 党旗", place.body["湖畔党支部"])
    twice = client.post(url, typed(place)).content.decode()
    assert "没有重复登记" in twice
    assert 'value="5,000.50"' in twice
    void = reverse("funding_void", args=[item.pk])
    assert "请填写为什么作废" in client.post(void, {"reason": ""}).content.decode()
    assert client.post(void, {"reason": "登错支部"}).status_code == 302
    assert "已经作废，没有重复办理" in client.post(void, {"reason": "再来"}).content.decode()
    assert FundingItem.objects.get().void_reason == "登错支部"
    assert Trail.objects.filter(verb__startswith="branches.funding").count() == 2
    assert client.post(url, typed(place)).status_code == 302  # 作废以后可以重新登记


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": "-5"}, "金额不能是负数"),
        ({"amount": "五千"}, "金额只写数字"),
        ({"amount": "0"}, "金额要大于 0"),
        ({"amount": "1.234"}, "最多写到分"),
        ({"amount": "9" * 16}, "金额"),
        ({"on": "20990101"}, "发生以后再登记"),
        ({"place": "b999999999999999999999"}, "请选列出的党支部或者社区"),
        ({"kind": ""}, "请选收支"),
        ({"purpose": " "}, "请填写用途"),
    ],
)
def test_bad_input_is_refused_in_words(place, as_user, wrong, words):
    page = as_user("社区书记").post(reverse("funding_new"), typed(place, **wrong)).content.decode()
    assert words in page
    assert not FundingItem.objects.exists()


def test_another_communitys_branch_is_refused(place):
    with pytest.raises(ValidationError, match="不在北社区"):
        record(place, 100, branch="山水党支部")


@given(st.lists(st.integers(1, 10**12), max_size=20), st.lists(st.integers(1, 10**12), max_size=20))
@settings(max_examples=60)
def test_what_is_left_is_what_came_in_less_what_went_out(granted, spent):
    total = Sums("", None, sum(granted), sum(spent))
    left = sum(granted) - sum(spent)
    shown = round(float(total.left_wan.replace(",", "")) * 100)
    assert abs(shown * 10_000 - left) <= 5_000
    assert yuan(sum(granted)).replace(",", "") == f"{sum(granted) // 100}.{sum(granted) % 100:02d}"
