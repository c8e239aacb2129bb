"""What a screen shows of ID numbers, phones and names of people who were helped (ux C16)."""

import re

from office.chinese.names import HAN
from office.chinese.surnames import split_name

_STARS_FOR_NAME = "**"


def mask_id(number: str) -> str:
    """110***********1234: the first 3 and last 4 of an 18-digit number; anything else is all stars."""
    if len(number) == 18:
        return f"{number[:3]}{'*' * 11}{number[-4:]}"
    return "*" * len(number)


def mask_phone(phone: str) -> str:
    """138****8000; of a landline only the last 4 digits stay; anything shorter is all stars."""
    if re.fullmatch("1[0-9]{10}", phone):
        return f"{phone[:3]}****{phone[-4:]}"
    if len(phone) >= 8:
        return "*" * (len(phone) - 4) + phone[-4:]
    return "*" * len(phone)


def mask_name(name: str) -> str:
    """张**, 欧阳**, J**: the surname and always two stars, so that the length of the name does not show."""
    if not name:
        return ""
    shown = split_name(name)[0] if HAN.match(name) else name[0]
    return shown + _STARS_FOR_NAME
