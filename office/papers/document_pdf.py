"""A 公文 as PDF by GB/T 9704-2012: the page's HTML from a Layout, printed in a limited process of its own.

Measures are points; the grid is that of static/css/paper.css (28 characters of 15.79 pt, 22 lines of 28.99 pt).
"""

import math
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from office.papers.layout import HEADING, Block, Layout, numbered
from office.papers.models import Kind
from office.papers.pdf import PaperProblem

WIDTH = 442.2  # 版心宽 156 毫米
CHARACTER, HALF = 15.79, 7.79  # 一个字、半角字的字距
MARK_SIZE = 45.7  # 发文机关标志：小标宋，字多时压扁（字符缩放），不换行
LETTER_MARK_SIZE = 38.0
TITLE_CHARACTERS = 20  # 2 号字一行 20 个
SECONDS = 25  # 网页进程最多等这么久
TOO_MUCH = "这份公文太长，排不出来。请把正文里的一部分改成附件材料，再试。"
_GOOD_BREAK = re.compile(r"[、，》”）的]")
_NO_LINE_START = "、，。；：！？》”）』】的"
_HEADING_TAGS = {1: "h2", 2: "h3", 3: "h4", 4: "h5"}


@dataclass(frozen=True)
class Line:
    """One block as the template prints it: a tag or partial, its head in the level's face, and the rest."""

    kind: str
    tag: str = "p"
    level: int = 0
    head: str = ""
    text: str = ""
    items: tuple = ()
    rows: tuple = ()


def render(layout: Layout, *, void: str = "") -> bytes:
    """The PDF of a document; `void` is the words printed on the head of every page of one that is 作废.

    Raises PaperProblem when it cannot be made.
    """
    html = page_of(layout, void=void)
    try:
        done = subprocess.run(  # noqa: S603 - our own module, nothing of the user's on the command line
            [sys.executable, "-m", "office.papers.document_press"],
            input=html.encode(),
            capture_output=True,
            timeout=SECONDS,
            cwd=settings.BASE_DIR,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PaperProblem(TOO_MUCH) from None
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise PaperProblem(TOO_MUCH)
    return done.stdout


def page_of(layout: Layout, *, void: str = "") -> str:
    """The HTML from which the PDF is made."""
    letter = layout.kind == Kind.LETTER
    context = {
        "d": layout,
        "void": void,
        "letter": letter,
        "upward": layout.kind == Kind.REQUEST,
        "minutes": layout.kind == Kind.MINUTES,
        "mark": _mark(layout.mark, LETTER_MARK_SIZE if letter else MARK_SIZE),
        "title_lines": title_lines(layout.title),
        "lines": lines_of(layout.blocks),
        "appended": [
            {"label": label, "title_lines": title_lines(each.name), "lines": lines_of(each.blocks)}
            for label, each in layout.appended
        ],
        "signature": signature_of(layout),
    }
    return render_to_string("papers/document.pdf.html", context)


def title_lines(title: str) -> list[str]:
    """The title in lines of nearly equal length, broken after 、 or 的 where one is near (R-810)."""
    count = math.ceil(text_width(title) / (TITLE_CHARACTERS * CHARACTER))
    lines, rest = [], title
    for left in range(count, 1, -1):
        cut = _cut(rest, math.ceil(len(rest) / left))
        lines.append(rest[:cut])
        rest = rest[cut:]
    return [*lines, rest]


def _cut(text, even):
    longest = min(len(text) - 1, TITLE_CHARACTERS)
    near = sorted(range(max(even - 4, 1), min(even + 4, longest) + 1), key=lambda at: abs(at - even))
    good = [at for at in near if _GOOD_BREAK.match(text[at - 1]) and text[at] not in _NO_LINE_START]
    fair = [at for at in near if text[at] not in _NO_LINE_START]
    return next(iter(good + fair), even)


def lines_of(blocks) -> list[Line]:
    """Blocks as the template prints them; a heading that runs into text is a paragraph with its head set apart."""
    return [_line(block) for block in numbered(blocks)]


def _line(block: Block) -> Line:
    if block.kind != HEADING:
        return Line(block.kind, text=block.text, items=block.items, rows=block.rows)
    tag = "p" if block.heads_a_paragraph else _HEADING_TAGS[block.level]
    return Line(HEADING, tag, block.level, head=block.number + block.lead, text=block.rest)


def text_width(text: str) -> float:
    """How wide 3号 text is set on the grid."""
    return sum(CHARACTER if unicodedata.east_asian_width(c) in "WFA" else HALF for c in text)


def _mark(text, size):
    """发文机关标志: its natural width and by how much it is flattened to stay inside the type area."""
    natural = max(len(text), 1) * size
    return {
        "text": text,
        "size": size,
        "left": (WIDTH - natural) / 2,
        "width": natural,
        "scale": min(1, WIDTH / natural),
    }


def signature_of(layout: Layout) -> dict:
    """How far 发文机关署名 and 成文日期 stand from the right edge (R-814)."""
    name, day = text_width(layout.signature), text_width(layout.date)
    if layout.sealed:
        # 成文日期右空四字，署名以它为准居中；太长的署名最多到版心边。
        date_right = 4 * CHARACTER
        return {"name": max(date_right + (day - name) / 2, 0), "date": date_right}
    if day > name:
        return {"name": 4 * CHARACTER + day - name, "date": 2 * CHARACTER}
    return {"name": 2 * CHARACTER, "date": name - day}
