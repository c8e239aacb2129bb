"""What a 公文 says, apart from how it is printed: blocks of text, and the elements of GB/T 9704-2012.

One content, two renderers: office.papers.document_pdf and office.papers.docx read the same `Layout`. Text arrives as
people type it (`read_text`): the number at the head of a line tells its level and is then forgotten; numbers are
counted anew when printed, so they are never wrong.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from office.chinese.numbers import heading

PARAGRAPH, HEADING, LIST, TABLE = "paragraph", "heading", "list", "table"
DEEPEST = 4  # 一、 （一） 1. （1）
LIST_MARK = "——"
LONGEST_LEAD = 28  # 一行；更长的是正文，不是小标题
LONGEST_TEXT = 20_000  # 约四十页；再长的写成附件材料
MOST_COLUMNS = 12

_HAN_NUMBER = r"[〇零一二三四五六七八九十百]{1,5}"
_LEVELS = (
    re.compile(rf"{_HAN_NUMBER}、\s*(?P<text>\S.*)"),
    re.compile(rf"[（(]{_HAN_NUMBER}[）)]、?\s*(?P<text>\S.*)"),
    re.compile(r"[0-9]{1,2}[.．](?![0-9])\s*(?P<text>\S.*)"),
    re.compile(r"[（(][0-9]{1,2}[）)]、?\s*(?P<text>\S.*)"),
)
_ITEM = re.compile(r"(?:——|--|[-•·])\s*(?P<text>\S.*)")
_ROW = re.compile(r"[|｜](?P<cells>.*)")
_ATTACHMENT = re.compile(r"附件\s*[0-9]{0,2}\s*[：:]\s*(?:[0-9]{1,2}[.．]\s*)?(?P<name>\S.*)")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_FIRST_SENTENCE = re.compile(r"[^。：]*。")


@dataclass(frozen=True)
class Block:
    """One part of the text. `number` is the printed number of a heading (一、), computed by `numbered`."""

    kind: str
    text: str = ""
    level: int = 0
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    number: str = ""

    @property
    def heads_a_paragraph(self):
        """A heading followed by its own text in the same line: only its first sentence is set as heading."""
        return self.kind == HEADING and len(self.lead) < len(self.text)

    @property
    def lead(self):
        """The part of a heading that is set in the heading's face; none of a numbered line that is prose at once."""
        first = _FIRST_SENTENCE.match(self.text)
        lead = first.group() if first else self.text
        return lead if len(lead) <= LONGEST_LEAD else ""

    @property
    def rest(self):
        return self.text[len(self.lead) :]

    def as_row(self):
        """Plain JSON, without what is empty or computed."""
        return {name: value for name, value in asdict(self).items() if value and name != "number"}


@dataclass(frozen=True)
class Attachment:
    """附件: its name in the note after the text, and what follows on a page of its own, if anything."""

    name: str
    blocks: tuple[Block, ...] = ()

    def as_row(self):
        return {"name": self.name, "blocks": [block.as_row() for block in self.blocks]}


@dataclass(frozen=True)
class Layout:
    """The elements of one document. Dates are already words; `signed` decides over red head and number (decisions 12).

    `signature` is 发文机关署名, `date` 成文日期; a 纪要 has neither. `signer` is printed on a 请示 only (R-808).
    """

    kind: str
    title: str
    issuer: str
    signed: bool = False
    mark: str = ""
    number: str = ""
    signer: str = ""
    urgency: str = ""
    addressee: str = ""
    blocks: tuple[Block, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signature: str = ""
    date: str = ""
    sealed: bool = True
    note: str = ""
    present: str = ""
    on_leave: str = ""
    observers: str = ""
    cc: str = ""
    printed_by: str = ""
    printed_on: str = ""

    @property
    def text(self):
        """Every word of it, for finding characters that no font draws."""
        return "\n".join(_words(asdict(self)))

    @property
    def attendance(self):
        """[(label, names)] of a 纪要 (R-820)."""
        lines = (("出席", self.present), ("请假", self.on_leave), ("列席", self.observers))
        return [(label, names) for label, names in lines if names]

    @property
    def attachment_notes(self):
        """[(number, name)] of 附件说明: a single attachment has no number, several are 1. 2. (R-813)."""
        several = len(self.attachments) > 1
        return [(f"{n}." if several else "", each.name) for n, each in enumerate(self.attachments, start=1)]

    @property
    def appended(self):
        """[(附件1, Attachment)] of those that have a page of their own; a single one carries no number."""
        several = len(self.attachments) > 1
        pairs = enumerate(self.attachments, start=1)
        return [(f"附件{n}" if several else "附件", each) for n, each in pairs if each.blocks]

    def as_row(self):
        """Plain JSON, as a signed document keeps it."""
        row = asdict(self)
        row["blocks"] = [block.as_row() for block in self.blocks]
        row["attachments"] = [each.as_row() for each in self.attachments]
        return row


def from_row(row: dict) -> Layout:
    """The Layout that `Layout.as_row` wrote down."""
    return Layout(**{**row, "blocks": blocks_of(row["blocks"]), "attachments": attachments_of(row["attachments"])})


def blocks_of(rows: Iterable[dict]) -> tuple[Block, ...]:
    """Blocks from JSON."""
    made = []
    for row in rows:
        lists = {"items": tuple(row.get("items", ())), "rows": tuple(tuple(cells) for cells in row.get("rows", ()))}
        made.append(Block(**{**row, **lists}))
    return tuple(made)


def attachments_of(rows: Iterable[dict]) -> tuple[Attachment, ...]:
    """Attachments from JSON."""
    return tuple(Attachment(row["name"], blocks_of(row.get("blocks", ()))) for row in rows)


# --- Numbers ------------------------------------------------------------------------------------------------------


def numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, headings with the number they print: counted anew below each heading above them (ux C4)."""
    counts = [0] * DEEPEST
    for block in blocks:
        if block.kind != HEADING:
            yield block
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (DEEPEST - block.level)
        yield Block(HEADING, block.text, block.level, number=heading(block.level, counts[block.level - 1]))


# --- Text as it is typed ------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Text without what no paper can hold: controls, halves of characters, marks that turn the reading direction."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\t", "　")
    return "".join(c for c in unified if c == "\n" or not _UNPRINTABLE.fullmatch(c))


def clean_line(text: str) -> str:
    """`clean` for what is one line: breaks become spaces."""
    return " ".join(clean(text).split("\n")).strip()


def read_text(text: str) -> tuple[list[Block], list[Attachment]]:
    """(blocks of the text, attachments) of what somebody typed.

    A line is a paragraph. One that begins with 一、 （一） 1. or （1） is a heading of that level, with —— an item,
    with | a table's row. A line 附件：名称 begins an attachment; the lines below it are its content.
    """
    parts = [("", [])]
    for line in clean(text).split("\n"):
        line = line.strip()
        if found := _ATTACHMENT.fullmatch(line):
            parts.append((found["name"], []))
        elif line:
            parts[-1][1].append(line)
    body, *attached = [(name, _blocks(lines)) for name, lines in parts]
    return body[1], [Attachment(name, tuple(blocks)) for name, blocks in attached]


def write_text(blocks: Iterable[Block], attachments: Iterable[Attachment] = ()) -> str:
    """What `read_text` reads back as the same: for the box in which people go on writing."""
    lines = list(_lines(blocks))
    for each in attachments:
        lines += ["", f"附件：{each.name}", *_lines(each.blocks)]
    return "\n".join(lines)


def _blocks(lines):
    found = []
    for line in lines:
        block = _block(line)
        if found and block.kind == found[-1].kind == LIST:
            found[-1] = Block(LIST, items=found[-1].items + block.items)
        elif found and block.kind == found[-1].kind == TABLE:
            found[-1] = Block(TABLE, rows=found[-1].rows + block.rows)
        else:
            found.append(block)
    return [_squared(block) for block in found]


def _block(line):
    for level, pattern in enumerate(_LEVELS, start=1):
        if found := pattern.fullmatch(line):
            return Block(HEADING, found["text"], level)
    if found := _ITEM.fullmatch(line):
        return Block(LIST, items=(found["text"],))
    if found := _ROW.fullmatch(line):
        cells = re.split(r"[|｜]", found["cells"].rstrip("|｜ "))
        return Block(TABLE, rows=(tuple(cell.strip() for cell in cells),))
    return Block(PARAGRAPH, line)


def _squared(block):
    """A table whose rows are equally long: what is missing is empty, what is too much stays in the last cell."""
    if block.kind != TABLE:
        return block
    width = min(max(len(row) for row in block.rows), MOST_COLUMNS)
    rows = [(*row[: width - 1], " ".join(row[width - 1 :])) if len(row) > width else row for row in block.rows]
    return Block(TABLE, rows=tuple(row + ("",) * (width - len(row)) for row in rows))


def _lines(blocks):
    for block in numbered(blocks):
        if block.kind == LIST:
            yield from (f"{LIST_MARK}{item}" for item in block.items)
        elif block.kind == TABLE:
            yield from (f"|{'|'.join(row)}|" for row in block.rows)
        else:
            yield f"{block.number}{block.text}"


def _words(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _words(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _words(each)
