"""Personal names as they arrive in forms and sheets: cleaning, refusing, padding for official lists."""

import re
import unicodedata

NAME_LENGTH = 40

# CJK ideographs: 〇, the basic block, extensions A–I and the twelve unified ones of the compatibility block.
_HAN_RANGES = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\ufa0e-\ufa29\U00020000-\U0002a6df\U0002a700-\U0002ee5f\U00030000-\U000323af"
)
_LATIN_RANGES = "A-Za-zÀ-ÖØ-öø-ɏ"
HAN = re.compile(f"[{_HAN_RANGES}]")
LATIN = re.compile(f"[{_LATIN_RANGES}]")

_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
# Zero-width characters, direction marks, variation selectors: nobody sees them, a comparison does.
INVISIBLE = re.compile("[\x00\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u3000]+")
_DOT_BETWEEN_HAN = re.compile(f"(?<=[{_HAN_RANGES}]) *[·•．・‧･⋅∙.] *(?=[{_HAN_RANGES}])")
_SPACE_BETWEEN_HAN = re.compile(f"(?<=[{_HAN_RANGES}]) (?=[{_HAN_RANGES}])")
_REFUSED = re.compile(f"[^{_HAN_RANGES}{_LATIN_RANGES}· '’.-]")


def clean_name(text: str) -> str:
    """The name as it is stored: 「王　伟」→ 王伟, one kind of dot (阿卜杜·买买提), nothing invisible.

    Rare characters and prose punctuation stay as they are: no NFKC here (ux C15). A line break
    inside a cell may part two people, so it stays and `name_problem` refuses it.
    """
    name = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    name = _SPACES.sub(" ", name).strip()
    name = _DOT_BETWEEN_HAN.sub("·", name)
    return _SPACE_BETWEEN_HAN.sub("", name)


def name_problem(name: str) -> str | None:
    """Why this cannot be somebody's name, as a Chinese sentence that says what to do; None when it can."""
    name = clean_name(name)
    if not name:
        return "请填写姓名。"
    if len(name) > NAME_LENGTH:
        return f"姓名最多 {NAME_LENGTH} 个字，现在是 {len(name)} 个字。"
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        return "姓名里有换行或看不见的符号，一格只写一个人的姓名。"
    if _PRIVATE_USE.search(name):
        return "姓名里有本机自造的字，别的电脑显示不出来，请换成标准字库里的字。"
    if any(unicodedata.category(character) == "Nd" for character in name):
        return "姓名里不能有数字，请只写姓名。"
    refused = _REFUSED.search(name)
    if refused:
        return f"姓名里不能有“{_shown(refused.group())}”，请只写姓名。"
    if not (HAN.search(name) or LATIN.search(name)):
        return "这里只有符号，没有姓名，请写姓名。"
    if name[0] in "·.-'’" or name[-1] in "·-'’":
        return "姓名的开头或末尾多了一个符号，请去掉。"
    return None


def _shown(character: str) -> str:
    """A lone surrogate cannot be written to a page or a file; show its replacement."""
    return "\ufffd" if unicodedata.category(character) == "Cs" else character


def padded(name: str) -> str:
    """For official name lists (ux C14): 丁宁 → 丁　宁; names of other lengths stay."""
    if len(name) == 2 and all(HAN.match(character) for character in name):
        return f"{name[0]}\u3000{name[1]}"
    return name
