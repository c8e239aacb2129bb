"""Numbers as the office writes them: headings, shares, money."""

import re

from office.chinese.digits import halfwidth

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
# A share just off one of these must not be rounded onto it: "50%" would read as half, "100%" as all.
_TELLING_PERCENTS = (0, 50, 100)
_AMOUNT = re.compile(
    r"[¥￥]?(?P<whole>[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.(?P<decimals>[0-9]*))?(?P<unit>万?)元?"
)
# Above any sum a town handles, below what a big integer column holds.
_LARGEST_FEN = 10**14
_FEN_IN_YUAN = 100
_FEN_IN_WAN = 1_000_000


def chinese_number(n: int) -> str:
    """一, 十, 十一, 二十, 一百零五 …; from 0 to 9999. Raises ValueError outside."""
    if not 0 <= n <= 9999:
        raise ValueError("只能写 0 到 9999")
    if n < 10:
        return _DIGITS[n]
    written, skipped = "", False
    for power in (3, 2, 1, 0):
        digit = n // 10**power % 10
        if digit == 0:
            skipped = bool(written)
            continue
        written += ("零" if skipped else "") + _DIGITS[digit] + _UNITS[power]
        skipped = False
    return written.removeprefix("一") if n < 20 else written


def heading(level: int, n: int) -> str:
    """Number of a heading (ux C4), levels 1 to 5: 一、 （一） 1. （1） ①.

    Raises ValueError for other levels and for circled numbers past 50.
    """
    if level == 1:
        return f"{chinese_number(n)}、"
    if level == 2:
        return f"（{chinese_number(n)}）"
    if level == 3:
        return f"{n}."
    if level == 4:
        return f"（{n}）"
    if level == 5 and 1 <= n <= len(_CIRCLED):
        return _CIRCLED[n - 1]
    raise ValueError("没有这一级的标题序号")


def share(part: int, whole: int, unit: str = "人") -> str:
    """ "4/7人，57%": the numbers always stand beside the percentage (ux C18); "—" when there is no whole.

    Whole percents; decimals appear only where rounding would land on 0, 50 or 100 % without being it.
    """
    if whole <= 0:
        return "—"
    return f"{part}/{whole}{unit}，{_percent(part, whole)}%"


def wan_yuan(fen: int) -> str:
    """Sum in 万元, two decimals, half up, for columns whose head carries the unit: 12350000 分 → 12.35."""
    return _two_decimals(fen, _FEN_IN_WAN)


def yuan(fen: int) -> str:
    """Sum in 元 with two decimals: 12345600 分 → 123,456.00."""
    return _two_decimals(fen, _FEN_IN_YUAN)


def parse_yuan(text: str) -> int:
    """分 from what somebody typed: 1,234.5 · ¥1234.50元 · 12.35万元.

    Raises ValueError with a Chinese sentence to show beside the field.
    """
    written = re.sub(r"\s", "", halfwidth(text))
    if not written:
        raise ValueError("请填写金额，例如 1234.50")
    if written.startswith(("-", "−")):
        raise ValueError("金额不能是负数")
    found = _AMOUNT.fullmatch(written)
    if not found:
        raise ValueError("金额只写数字，例如 1234.50")
    places = 6 if found["unit"] else 2
    decimals = (found["decimals"] or "").rstrip("0")
    if len(decimals) > places:
        raise ValueError("金额最多写到分，例如 1234.50")
    fen = int(found["whole"].replace(",", "") + decimals.ljust(places, "0"))
    if fen > _LARGEST_FEN:
        raise ValueError("金额太大，请核对")
    return fen


def _percent(part: int, whole: int) -> str:
    places = 0
    while True:
        scale = 10**places
        scaled = _rounded(part * 100 * scale, whole)
        misleading = any(scaled == limit * scale and part * 100 != limit * whole for limit in _TELLING_PERCENTS)
        if not misleading:
            return f"{scaled // scale}.{scaled % scale:0{places}d}" if places else str(scaled)
        places += 1


def _rounded(numerator: int, denominator: int) -> int:
    """Half up, away from zero for negatives; exact, because floats lose large sums."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def _two_decimals(fen: int, fen_in_unit: int) -> str:
    hundredths = _rounded(fen * 100, fen_in_unit)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100:,}.{abs(hundredths) % 100:02d}"
