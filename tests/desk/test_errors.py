"""The error pages say what to do, and stand even when the frame itself is what broke."""

import pytest
from django.urls import reverse

from desk import context


def test_an_unknown_address_shows_the_way_back(as_user):
    response = as_user("社区书记").get("/nowhere/")
    assert response.status_code == 404
    assert "待办" in response.content.decode()


def test_a_closed_door_is_told_in_words(as_user):
    response = as_user("小区工作人员").get(reverse("members"))
    assert response.status_code == 403
    assert "镇党建办" in response.content.decode()


def test_the_address_of_a_button_opened_by_itself_says_that_nothing_is_done(as_user):
    response = as_user("社区书记").get(reverse("import_apply", args=[1]))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "什么也不会办" in response.content.decode()


def test_a_fault_in_the_frame_still_gives_a_page(place, as_user, monkeypatch):
    def broken(*_):
        raise RuntimeError("menu")

    monkeypatch.setattr(context, "menu", broken)
    client = as_user("社区书记")
    client.raise_request_exception = False
    response = client.get(reverse("home"))
    assert response.status_code == 500
    assert "系统出了问题" in response.content.decode()
    assert "RuntimeError" not in response.content.decode()


@pytest.mark.parametrize("who", ["系统管理员", "审计管理员"])
def test_nobody_is_offered_a_search_that_is_closed_to_them(as_user, who):
    assert reverse("find") not in as_user(who).get(reverse("home")).content.decode()
