"""Password policy: length and kinds of characters, and nothing a colleague would guess first."""

import secrets

from django.core.exceptions import ValidationError

MINIMUM = 10
# 读得准、抄得对：不含 0O1lI 之类易混的字。
ISSUED_LETTERS = "abcdefghjkmnpqrstuvwxyz"
ISSUED_DIGITS = "23456789"


def issue():
    """A random one-time password that can be read over the phone: three groups of four, letters and digits."""
    groups = [
        "".join(secrets.choice(ISSUED_LETTERS) for _ in range(3)) + secrets.choice(ISSUED_DIGITS) for _ in range(3)
    ]
    return "-".join(groups)


class LengthAndKinds:
    """At least ten characters of at least two kinds (字母、数字、符号); longer is better than stranger."""

    def validate(self, password, user=None):
        kinds = sum(any(test(c) for c in password) for test in (str.isalpha, str.isdecimal, lambda c: not c.isalnum()))
        if len(password) < MINIMUM or kinds < 2:
            raise ValidationError(f"口令至少{MINIMUM}个字，并且字母、数字、符号里至少有两种。", code="weak")

    def get_help_text(self):
        return f"至少{MINIMUM}个字，字母、数字、符号里至少有两种；可以用一句话的拼音加数字。"


class NotGuessable:
    """Not the account, phone or town, and none of the words everybody in this office would try."""

    WORDS = (
        "password",
        "12345678",
        "dangjian",
        "党建",
        "admin",
        "qwerty",
        "abc123",
        "11111",
        "88888",
        "zhibu",
    )

    def validate(self, password, user=None):
        lowered = password.lower()
        own = [getattr(user, field, "") for field in ("username", "phone")] if user else []
        if any(word in lowered for word in (*self.WORDS, *(o.lower() for o in own if len(o) > 3))):
            raise ValidationError("口令里有账号、电话或太常见的词，请换一个。", code="guessable")

    def get_help_text(self):
        return "不要用账号、电话，也不要用 12345678 这类常见口令。"
