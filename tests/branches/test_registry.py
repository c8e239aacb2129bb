"""A town begins: compounds and existing branches are put on record, checked and trailed."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from branches import registry
from branches.models import Branch
from office.areas.models import Compound, Coverage
from office.audit.models import Trail


def post_branch(client, place, **changes):
    data = {
        "community": place.community["北社区"].pk,
        "kind": "compound",
        "name": "中共西塘镇北社区新城支部委员会",
        "short_name": "新城党支部",
        "compounds": [place.compound["公园"].pk],
        "approved_on": "2020年12月24日",
        "term_years": "5",
    }
    return client.post(reverse("branch_new"), data | changes)


def test_a_compound_is_added_with_its_trail(place, as_user):
    data = {"community": place.community["北社区"].pk, "name": "新　城", "households": "812", "buildings": "6"}
    response = as_user("社区书记").post(reverse("compound_new"), data)
    compound = Compound.objects.get(name="新城")
    assert response["Location"] == reverse("compound", args=[compound.pk])
    assert (compound.town, compound.households) == (place.town["西塘镇"], 812)
    assert Trail.objects.get().verb == "areas.compound_added"


def test_changing_a_compound_keeps_before_and_after(place, as_user):
    compound = place.compound["湖畔"]
    as_user("社区书记").post(reverse("compound_edit", args=[compound.pk]), {"name": "湖畔", "households": "501"})
    assert Trail.objects.get().changes["households"] == [500, 501]


def test_a_name_is_taken_once_in_a_community(place, as_user):
    data = {"community": place.community["北社区"].pk, "name": "湖畔"}
    response = as_user("社区书记").post(reverse("compound_new"), data)
    assert "已经有同名的小区" in response.content.decode()
    assert Compound.objects.filter(name="湖畔").count() == 1


def test_another_communitys_id_is_no_choice(place, as_user):
    data = {"community": place.community["南社区"].pk, "name": "新城"}
    assert as_user("社区书记").post(reverse("compound_new"), data).status_code == 200
    assert not Compound.objects.filter(name="新城").exists()


def test_an_existing_branch_is_registered_and_covers_its_compound(place, as_user):
    response = post_branch(as_user("社区书记"), place)
    branch = Branch.objects.get(body__short_name="新城党支部")
    assert response["Location"] == reverse("branch", args=[branch.pk])
    assert (branch.state, branch.term_years, branch.community) == ("running", 5, place.community["北社区"])
    assert [c.compound for c in Coverage.objects.filter(body=branch.pk)] == [place.compound["公园"]]
    assert Trail.objects.get().verb == "branches.registered"


@pytest.mark.parametrize(
    ("kind", "compounds", "words"),
    [
        ("compound", [], "选一个小区"),
        ("compound", ["湖畔", "公园"], "选一个小区"),
        ("joint", ["湖畔"], "至少选两个小区"),
        ("community", ["湖畔"], "不选小区"),
        ("joint", ["湖畔", "山水"], "请选列出的小区"),
    ],
)
def test_the_compounds_fit_the_kind(place, as_user, kind, compounds, words):
    chosen = [place.compound[name].pk for name in compounds]
    response = post_branch(as_user("社区书记"), place, kind=kind, compounds=chosen)
    assert words in response.content.decode()
    assert Branch.objects.count() == 4


def test_a_joint_branch_stays_in_one_community(place, as_user):
    """decisions 19."""
    chosen = [place.compound["湖畔"].pk, place.compound["山水"].pk]
    response = post_branch(as_user("镇党建办"), place, kind="joint", compounds=chosen)
    assert "山水不在北社区" in response.content.decode()


def test_a_term_is_never_made_up(place, as_user):
    """R-123: without a term in the approval there is none on record."""
    post_branch(as_user("社区书记"), place, term_years="")
    assert Branch.objects.get(body__short_name="新城党支部").term_years is None


def test_nothing_stands_when_the_trail_cannot_be_written(place, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(registry.trail, "record", broken)
    with pytest.raises(RuntimeError):
        registry.save_compound(Compound(community=place.community["北社区"], name="新城"), by=place.user["社区书记"])
    assert not Compound.objects.filter(name="新城").exists()


def test_a_taken_name_of_a_branch_is_told(place):
    with pytest.raises(ValidationError, match="同名的党支部"):
        registry.register_branch(
            place.community["北社区"],
            name=place.body["湖畔党支部"].name,
            short_name="又一个",
            kind="compound",
            compounds=[place.compound["湖畔"]],
            approved_on=place.today,
            by=place.user["社区书记"],
        )
