"""Rooms, what is said of the seven items, the town's own text of one wall sheet."""

from datetime import date

from branches.models import Room, Venue, VenueDetail, WallText

CM2 = 10_000  # square centimetres in a square metre
NOTES = {  # 缺的一项怎么补
    "books": "书架已联系社区调一个，书报随党员学习资料一起配。",
    "systems": "正在整理，年底前放上电子屏。",
    "facilities": "缺折叠椅，向物业借用。",
}
THEME_DAY = """每月25日前后，提前三天通知到每一名党员。
先学习、再议事、后服务：学一段原文，商量一件小区要办的事，做一次志愿服务。
行动不便的老党员由党小组长送学上门；在外地的党员用电话参加。
佩戴党徽，当场记录，三天内录入工作台。"""


def tell(story):
    """A centre in every community, a shared room of each joint branch, notes on what is missing, photographs none."""
    centres = {circle.community.pk: _centre(story, circle.community) for circle in story.circles}
    shared = {home.body.pk: _shared(story, home) for home in story.homes if len(home.places) > 1}
    used = 0
    for venue in story.rows.of[Venue]:
        if venue.branch_id in shared:
            venue.room = shared[venue.branch_id]
        elif venue.year == story.as_of.year and used < len(centres) and venue.community_id in centres:
            venue.room = centres.pop(venue.community_id)  # 每个社区有一个支部在党群服务中心活动
        if venue.year == story.as_of.year:
            _say(story, venue)
    if story.plan.focus:
        story.rows.add(WallText, town=story.town, name="theme_day", text=THEME_DAY)


def _centre(story, community):
    return story.rows.add(
        Room,
        community=community,
        town=story.town,
        kind=Room.Kind.CENTRE,
        name=f"{community.name}党群服务中心",
        address=f"{community.name}办公楼一楼",
        area_cm2=story.random.randint(280, 900) * CM2,
        owner=f"{community.name}居委会",
        plate=True,
    )


def _shared(story, home):
    first = home.places[0].compound
    return story.rows.add(
        Room,
        community=first.community,
        town=story.town,
        compound=first,
        kind=Room.Kind.SHARED,
        name=f"{first.name}共享客厅",
        address=f"{first.name}1栋架空层",
        area_cm2=story.random.randint(40, 120) * CM2 + 5000,
        owner=f"{first.name}业委会",
        shared_with="、".join(place.compound.name for place in home.places),
        plate=story.chance(0.8),
    )


def _say(story, venue):
    """Door plate and notice board of everyone; of what is missing, how and by when it is to be there."""
    for item, share in (("plates", 0.9), ("board", 0.5)):
        story.rows.add(VenueDetail, venue=venue, item=item, has=story.chance(share))
    for item, note in NOTES.items():
        if getattr(venue, item) is False:
            plan = date(story.as_of.year, 12, 31)
            story.rows.add(VenueDetail, venue=venue, item=item, note=note, plan_on=plan)
