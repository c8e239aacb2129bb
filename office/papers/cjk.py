"""Two things WeasyPrint 70 does not know about Chinese lines.

It justifies only at spaces, which Chinese prose has none of, so lines stay ragged; and it never breaks a line
before “ or after ”, so lines before a quotation end short.
"""

import re

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.line_break import create_layout

# Invisible, without width, absent from extracted text; a line may break at it.
BREAK = "\u200b"
# Beyond a quarter of an em between characters a ragged line looks better than a torn one.
LARGEST_SPREAD = 0.25

# Without the punctuation at U+3000: a line must not break before 。 or after 《.
_HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHINESE = re.compile(rf"[{_HAN}]")
_BEFORE_OPENING_QUOTE = re.compile(rf"(?<=[{_HAN}，。、；：！？）》〉】〕])(?=[“‘])")
_AFTER_CLOSING_QUOTE = re.compile(rf"(?<=[”’])(?=[{_HAN}（《〈【〔])")
_justify_at_spaces = inline.justify_line


def install():
    """Make WeasyPrint justify Chinese lines between characters; harmless when called again."""
    inline.justify_line = _justify_line


def allow_breaks_at_quotes(element):
    """Let lines of every text below the element break before an opening and after a closing quote."""
    for node in element.iter():
        if node.text:
            node.text = _with_breaks(node.text)
        if node.tail:
            node.tail = _with_breaks(node.tail)


def _with_breaks(text: str) -> str:
    return _AFTER_CLOSING_QUOTE.sub(BREAK, _BEFORE_OPENING_QUOTE.sub(BREAK, text))


def _justify_line(context, line, extra_width):
    texts = list(_text_boxes(line))
    written = "".join(box.text for box in texts).rstrip()
    if not _CHINESE.search(written):
        _justify_at_spaces(context, line, extra_width)
        return
    gaps = _letters(written) - 1
    if gaps < 1 or extra_width / gaps > texts[0].style["font_size"] * LARGEST_SPREAD:
        return
    _spread(context, line, extra_width / gaps, 0)


def _text_boxes(box):
    if isinstance(box, boxes.TextBox):
        if box.text:
            yield box
    elif isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        for child in box.children:
            yield from _text_boxes(child)


def _letters(text: str) -> int:
    return len(text) - text.count(BREAK)


def _spread(context, box, spacing, shift):
    """Move the box right by `shift`, add `spacing` after each of its letters, return the shift of the next box."""
    if isinstance(box, boxes.TextBox):
        box.position_x += shift
        _respace(context, box, spacing)
        return shift + _letters(box.text) * spacing
    if not isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        box.translate(shift, 0)
        return shift
    box.position_x += shift
    start = shift
    for child in box.children:
        if child.is_in_normal_flow():
            shift = _spread(context, child, spacing, shift)
    box.width += shift - start
    return shift


def _respace(context, box, spacing):
    box.style = box.style.copy()
    own = box.style["letter_spacing"]
    box.style["letter_spacing"] = spacing + (0 if own == "normal" else own)
    layout = create_layout(box.text, box.style, context, max_width=None, justification_spacing=0)
    layout.deactivate()
    box.pango_layout = layout
    box.width += _letters(box.text) * spacing
