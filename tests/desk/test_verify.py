"""verify finds each kind of copy that strayed from its truth."""

import pytest
from django.core.management import call_command

from desk.verify import problems
from members.models import Member, Person, PersonPlace
from office.areas.models import Coverage


def test_sound_records_have_no_problems(place, capsys):
    call_command("verify")
    assert "没有发现问题" in capsys.readouterr().out


def test_a_strayed_scope_column_is_found(place):
    Coverage.objects.filter(body=place.body["湖畔党支部"]).rescope(community=place.community["南社区"])
    assert any("覆盖" in p for p in problems())


def test_a_branch_that_differs_from_the_placement_is_found(place):
    Member.objects.filter(person__name="王伟").rescope(branch=place.body["公园党支部"])
    assert any("党员：1人" in p for p in problems())


def test_a_missing_place_is_found(place):
    PersonPlace.objects.filter(person__name="王伟").delete()
    assert any(p.startswith("可见范围：") for p in problems())


def test_a_member_of_no_party_is_found(place):
    Person.objects.filter(name="王伟").update(political_status="masses")
    assert any("政治面貌" in p for p in problems())


def test_verify_ends_with_an_error_code(place):
    PersonPlace.objects.all().delete()
    with pytest.raises(SystemExit) as exit:
        call_command("verify")
    assert exit.value.code == 1
