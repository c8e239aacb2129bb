"""What 示范镇 wants by the end of the year, and the next step at two compounds without a branch."""

from datetime import date

from branches.models import CommunityTarget, CoverageNote
from office.rulebook.models import TownRule

TARGET = 34
SHARES = (12, 12, 10)  # 城东、城南、城北
NOTES = (
    # 小区、原因、下一步、几天后到期
    ("东风小区", "单位老宿舍，租户多，党员少", "与南苑小区党支部商量联合", 30),
    ("碧桂名邸", "新交付小区，骨干还没有确定", "召开党员会，酝酿书记人选", 5),
)


def tell(story):
    """Targets of the town and its communities, and the notes; only where somebody can have set them."""
    office = story.users.get(story.leaders["office"].pk)
    if not story.plan.focus or office is None:
        return
    year = story.as_of.year
    start, end, basis = date(year, 1, 1), date(year, 12, 31), f"镇党委会{year}年1月议定"
    for key, value in (("branch_target", TARGET), ("branch_target_date", end.isoformat())):
        story.rows.add(TownRule, town=story.town, key=key, value=value, basis=basis, valid_from=start, set_by=office)
    for circle, number in zip(story.circles, SHARES, strict=False):
        story.rows.add(
            CommunityTarget, community=circle.community, number=number, due_on=end, basis=basis, set_by=office
        )
    for name, reason, step, days in NOTES:
        place = story.places[name]
        story.rows.add(
            CoverageNote,
            compound=place.compound,
            reason=reason,
            responsible=story.circles[place.plan.community].deputy,
            next_step=step,
            due_on=story.day(days),
        )
