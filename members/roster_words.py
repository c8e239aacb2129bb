"""What a line of a roster changes, as the preview shows it: only the cells that change, numbers masked."""

from members.entries import TITLES
from members.models import Member, Person
from office.chinese.dates import cn_date
from office.chinese.masking import mask_id, mask_phone

_COLUMNS = {"home_compound_id": "compound", "branch_id": "branch"}
_ORDER = (
    "name", "id_number", "sex", "birth_date", "phone", "stage", "relation", "status", "home_compound_id",
    "branch_id", "joined_on", "full_on", "background", "employer_org", "door", "owns_unit",
)  # fmt: skip
_LABELS = {
    "sex": dict(Person.Sex.choices),
    "stage": dict(Member.Stage.choices),
    "relation": dict(Member.Relation.choices),
    "status": dict(Member.Status.choices),
    "background": dict(Member.Background.choices),
    "owns_unit": {True: "是", False: "否"},
}
_PRECISIONS = {"joined_on": "joined_precision", "full_on": "full_precision"}
ELSEWHERE = "其他社区的"


def changes_in_words(change, places):
    """[(column, before, after)] of one Change, in the order of the table; before is "" where nothing was."""
    found = []
    values = change.known | change.after
    for key in _ORDER:
        if key not in change.after and _PRECISIONS.get(key) not in change.after:
            continue
        before, after = _words(key, change.known, places), _words(key, values, places)
        if key == "id_number":
            before, after = change.person.masked_id if change.person else "", mask_id(change.id_number)
        elif key == "status" and not before:
            continue  # 新建档的，正常不用说
        if before == after:
            after += "（中间几位改了）"
        found.append((TITLES.get(_COLUMNS.get(key, key), "党籍状态"), before, after))
    return found


def _words(key, values, places):
    value = values.get(key)
    if value in (None, ""):
        return ""
    if key in _LABELS:
        return _LABELS[key].get(value, str(value))
    if key in ("home_compound_id", "branch_id"):
        own = places.compounds if key == "home_compound_id" else places.branches
        return own.get(value, ELSEWHERE)
    if key == "phone":
        return mask_phone(value)
    if key in ("birth_date", *_PRECISIONS):
        return cn_date(value, values.get(_PRECISIONS.get(key), "d") or "d")
    return str(value)
