"""The vendored fonts of papers: where they are, what they can draw, whether this machine can use them.

GB/T 9704-2012 asks for 仿宋, 小标宋, 黑体 and 楷体; docs/fonts.md says which free faces stand in for them.
"""

import ctypes
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
# Family name → file; the order is the order in which a missing character is looked for.
FACES = {
    "Paper Fang": FONTS / "paper-fang.ttf",
    "Paper Latin": FONTS / "paper-latin.ttf",
    "Paper Song": FONTS / "paper-song.otf",
    "Paper Hei": FONTS / "paper-hei.otf",
    "Paper Kai": FONTS / "paper-kai.otf",
    "Paper Title": FONTS / "paper-title.otf",
}
# The system libraries WeasyPrint needs and no Python package brings.
_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libfontconfig.so.1")


def missing_glyphs(text: str) -> list[str]:
    """The characters of the text that no vendored font can draw, each once, in order (ux C31).

    A page that lets people enter or print names shows them, so that none becomes an empty box unnoticed.
    """
    return [c for c in dict.fromkeys(text) if ord(c) not in _drawable() and not _invisible(c)]


def check() -> list[str]:
    """What keeps this machine from making PDF, in words for the administrator; empty when all is well."""
    problems = [f"缺少字体文件 {path.name}" for path in FACES.values() if not path.is_file()]
    problems += [f"缺少系统部件 {library}" for library in _LIBRARIES if not _loads(library)]
    if find_spec("uharfbuzz") is None:
        problems.append("没有安装 uharfbuzz，裁剪字体会慢十倍")
    return problems


@cache
def _drawable() -> frozenset[int]:
    return frozenset().union(*map(_characters, FACES.values()))


def _characters(path: Path) -> set[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - heavy, and only wanted where papers are made

    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def _invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
