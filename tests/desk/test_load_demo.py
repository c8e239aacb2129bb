"""load_demo, its accounts file and the reset of a trial."""

import json
import stat

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from desk import demo
from members.models import Post
from office.areas.models import Town
from office.audit import trail
from office.audit.models import Trail


@pytest.fixture(autouse=True)
def few_meetings(monkeypatch):
    """One month of meetings instead of 24: what is tested here does not depend on them."""
    monkeypatch.setattr("desk.demo.meetings.MONTHS", 1)


@pytest.fixture
def town(db):
    call_command("load_demo", "--as-of", "2026-12-07")


def test_a_second_load_is_refused(town):
    with pytest.raises(CommandError, match="已经有镇"):
        call_command("load_demo")


def test_production_is_refused(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="正式部署"):
        call_command("load_demo")


def test_accounts_file_holds_random_passwords_for_its_owner_only(db, tmp_path, capsys):
    file = tmp_path / "accounts.json"
    file.write_text("old")
    file.chmod(0o644)

    call_command("load_demo", "--as-of", "2026-12-07", "--accounts-file", str(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = json.loads(file.read_text())
    assert {row["role"] for row in rows} == set(Role.labels)
    by_name = {row["username"]: row for row in rows}
    assert by_name["sec01"]["scope"] == "城东社区"
    assert by_name["br01"]["scope"] == "金桂苑党支部"
    assert by_name["xq02"]["scope"] == "滨河一号"
    assert len({row["password"] for row in rows}) == len(by_name)
    for row in rows:
        user = User.objects.get(username=row["username"])
        assert check_password(row["password"], user.password)
        assert not user.is_demo
        assert not user.must_change_password
    assert all(row["password"] not in capsys.readouterr().out for row in rows)


def test_reset_starts_anew_and_the_trail_goes_on(town, settings):
    settings.APP_MODE = "local"
    office = User.objects.get(username="town01")
    Post.objects.filter(title="grid_worker").delete()
    rows = Trail.objects.count()

    demo.reset(by=office)

    assert Town.objects.get().name == "示范镇"
    assert Post.objects.filter(title="grid_worker").exists()
    assert Trail.objects.count() > rows
    last = Trail.objects.latest("id")
    assert (last.verb, last.actor_name) == ("desk.demo_reset", "周敏")
    assert trail.broken_links(Town.objects.get().pk) == []


def test_reset_is_for_local_trials_only(town, settings):
    with pytest.raises(ValueError, match="本机试用"):
        demo.reset()
    settings.APP_MODE = "local"
    User.objects.filter(username="town02").update(is_demo=False)
    with pytest.raises(ValueError, match="正式账号"):
        demo.reset()
    assert Town.objects.exists()
