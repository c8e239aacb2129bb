"""Which building a door is in, read from 楼栋房号 as people write it: 3栋502, 3-502, 3号楼, ３幢."""

import re

from office.chinese.digits import halfwidth

_DIGIT = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_NAMED = re.compile(
    r"(?:(?P<letter>[A-Z])区?)?(?P<number>[0-9]{1,3}|[一二三四五六七八九十]{1,3})?(?:栋|幢|棟|座|号楼|#楼?)"
)
_SHORT = re.compile(r"(?P<letter>[A-Z])?(?P<number>[0-9]{1,2})?[-–—](?=[0-9])")
_BARE = re.compile(r"[A-Z]?[0-9]{1,3}|[A-Z]")
_PARTS = re.compile(r"[、,;\s]+")
_RANGE = re.compile(r"[-–—~至到]")
LONGEST = 12


def building_of(door):
    """ "3栋502" → "3栋"; "" where the door names no building (2单元502, 502)."""
    written = re.sub(r"\s", "", halfwidth(door or "")).upper()
    for found in (_NAMED.search(written), _SHORT.match(written)):
        if found and (found["letter"] or found["number"]):
            return f"{found['letter'] or ''}{_plain(found['number'] or '')}栋"
    return ""


def _plain(number):
    """Without leading zeros; 十二 as 12."""
    if not number or number.isdecimal():
        return number.lstrip("0")
    tens, _, ones = number.rpartition("十")
    if "十" not in number:
        return "".join(str(_DIGIT[each]) for each in number)
    return str((_DIGIT.get(tens, 0) if tens else 1) * 10 + (_DIGIT.get(ones, 0) if ones else 0))


def buildings_in(text):
    """The buildings of a list that somebody typed, once each and in order: "1栋、2、3号楼" → ["1栋", "2栋", "3栋"].

    Raises ValueError with a Chinese sentence for what names no building.
    """
    found = []
    for part in filter(None, _PARTS.split(halfwidth(text or "").strip())):
        written = part.upper()
        label = f"{written.lstrip('0')}栋" if _BARE.fullmatch(written) else building_of(written)
        if label in ("", "栋") or len(label) > LONGEST or _RANGE.search(written):
            raise ValueError(f"“{part[:20]}”看不出是哪一栋，一栋一栋写，例如 1栋、2栋、3栋。")
        found.append(label)
    return sorted(dict.fromkeys(found), key=order_of)


def order_of(label):
    """Where a building stands among the others of its compound: 2栋 before 10栋, letters after them."""
    number = re.search(r"[0-9]+", label)
    letter = label[0] if label[:1].isalpha() and label[0].isascii() else ""
    return letter, int(number[0]) if number else 0, label
