"""What a form refuses it refuses in our own words, not in the framework's."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize(("address", "field"), [("census_new", "title"), ("member_new", "door")])
def test_what_is_too_long_is_told_with_how_much_there_is(as_user, address, field):
    page = as_user("镇党建办" if address == "census_new" else "社区书记").post(reverse(address), {field: "长" * 500})
    text = page.content.decode()
    assert "现在有500字，请删短一些" in text
    assert "该变量" not in text


def test_a_merge_whose_result_was_not_seen_is_refused_without_the_name_of_a_field(place, as_user):
    one, other = (place.member[name].person_id for name in ("田大利", "王伟"))
    text = as_user("社区书记").post(reverse("person_pair_merge", args=[one, other])).content.decode()
    assert "没有收到合并的结果" in text
    assert "Seen" not in text
