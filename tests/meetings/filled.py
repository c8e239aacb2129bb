"""A filing page as a person leaves it: read from the page, changed, sent."""

from meetings.models import Meeting

ADDRESS = "/meetings/new/page/"


def address(place, branch="湖畔党支部", compound="湖畔", kind="joint_meeting"):
    at = (f"b{place.body[branch].pk}" if branch else "") + (f"c{place.compound[compound].pk}" if compound else "")
    return f"{ADDRESS}?kind={kind}&at={at}"


def fields(client, url):
    """Everything the page would send if nothing were touched."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return fields_of(response)


def fields_of(response):
    form, ticket = response.context["form"], response.context["ticket"]
    sent = {"draft": ticket.signed, "draft_seq": str(ticket.seen), "extra": response.context["extra"]}
    sent["side"] = form.opened
    for name in form.fields:
        value = form[name].value()
        if value is not False:  # 没打勾的不送
            sent[name] = "" if value is None else value
    return sent


def decided(place, **more):
    """One decision by 王伟 within two weeks."""
    owner = f"p{place.member['王伟'].pk}"
    return {"held_on": "昨天", "text-0": "拿出电梯方案", "owner-0": owner, "due-0": "两周内"} | more


def filed(response):
    """The meeting a successful answer leads to."""
    assert response.status_code == 302, response.context["form"].errors
    return Meeting.objects.get(pk=int(response["Location"].strip("/").split("/")[-1]))
