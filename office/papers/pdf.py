"""From finished HTML to the bytes of a PDF in the layout of GB/T 9704-2012 (static/css/paper.css).

Rendering takes a processor for about half a second per eight pages: anything longer belongs in the worker, whose
child calls `limit_process` first.
"""

import resource
import warnings
from functools import cache

NOT_EQUIPPED = "这台服务器缺少生成 PDF 的系统部件（pango）或字体文件，请系统管理员补齐后再生成。"


class PaperProblem(Exception):
    """A paper cannot be made; the message is a Chinese sentence for the person who asked for it."""


def render(html: str) -> bytes:
    """The PDF of a document made from a template that extends papers/base.pdf.html.

    The same HTML gives the same bytes. Nothing the HTML points at is fetched, from the network or from disk; the
    title of the file is the text of the first h1. Raises PaperProblem when the machine lacks what PDF needs.
    """
    return _press().print_paper(html)


def limit_process(memory_bytes: int):
    """Let this process (a child of the worker's pool, never the web server) take no more memory than this.

    A paper beyond it ends in MemoryError or the end of the child, which the Build records as failed.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        memory_bytes = min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, hard))


@cache
def _press():
    """The module that holds WeasyPrint: 50 MB and half a second, so loaded when the first paper is made."""
    with warnings.catch_warnings():
        # It warns of system fonts and a subsetter that are missing; we bring our own of both.
        warnings.simplefilter("ignore")
        try:
            from office.papers import press  # noqa: PLC0415
        except OSError as error:
            raise PaperProblem(NOT_EQUIPPED) from error
    return press
