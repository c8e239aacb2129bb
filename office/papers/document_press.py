"""Where the 版记 of a 公文 goes, and the process that prints one: `python -m office.papers.document_press`.

HTML on stdin, PDF on stdout; it holds no secret, no database and no Django, and if a document makes it swell or hang,
it dies alone.
"""

import resource
import sys

from office.papers.pdf import limit_process

MEGABYTE = 1024 * 1024
MOST_MEMORY, MOST_SECONDS = 1024 * MEGABYTE, 25
PLACE = 'data-place=""'  # in the template, where the 版记 is told its place
_PX = 96 / 72  # CSS pixels in a point
_SLACK = 1  # pixels; what rounding may take, so that the last line is not pushed over


def main():
    limit_process(MOST_MEMORY)
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    sys.stdout.buffer.write(print_document(sys.stdin.buffer.read().decode()))


def print_document(html: str) -> bytes:
    """The PDF of templates/papers/document.pdf.html, 版记 at the foot of the last even page."""
    return lay_out(html).write_pdf(pdf_identifier=True)


def lay_out(html: str):
    """The pages, as press.lay_out gives them."""
    from office.papers import press  # noqa: PLC0415 - WeasyPrint, only where papers are made

    if PLACE not in html:
        return press.lay_out(html)
    return press.lay_out(html.replace(PLACE, _place(press.lay_out(html).pages), 1))


def _place(pages) -> str:
    """Attributes of the 版记: it stands in the last line of the last page, and that page is an even one; a blank page
    before it and its own page carry no number (R-816, R-817). That of a 函 needs no even page (R-821)."""
    number, box = _find(pages)
    page = pages[number - 1]._page_box
    height, top = box.border_height(), page.content_box_y()
    if number % 2 == 0 or "plain" in box.element.get("class"):
        return _attributes("place", page.height - height - (box.position_y - top))
    alone = box.position_y <= top + 1  # 正文下面放不下，自己到了这一页
    return _attributes("place after-blank" if alone else "place next-page", page.height - height)


def _attributes(css_class, above):
    return f'class="{css_class}" style="padding-top: {max(above - _SLACK, 0) / _PX:.2f}pt"'


def _find(pages):
    """(page number, box) of the 版记."""
    for number, page in enumerate(pages, start=1):
        for box in page._page_box.descendants():
            if box.element is not None and box.element.get("id") == "colophon":
                return number, box
    raise ValueError("这一页没有版记")


if __name__ == "__main__":
    main()
