"""The documents against the code: what they name exists, and what the code reads they name."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DEPLOYMENT = ROOT / "docs" / "deployment.md"
# 别的程序的变量，不是部署要设的。
NOT_FOR_DEPLOYMENT = {"DJANGO_SETTINGS_MODULE"}
CODE = ["dev", "config", "office", "accounts", "members", "branches", "committees", "meetings", "assessments", "desk"]
READ = re.compile(
    r"""(?:os\.environ|\benv)(?:\.get\(|\.setdefault\(|\[)\s*["']([A-Z][A-Z_]+)["'](?!\]\s*=[^=])"""
    r"""|_secret\(["']([A-Z_]+)["']\)"""
)
CODE_IN_TEXT = re.compile(r"^```.*?^```|`[^`\n]+`", flags=re.M | re.S)
LINK = re.compile(r"""\]\(([^)#\s]+)(?:#[^)]*)?\)|<img\b[^>]*\bsrc="([^"]+)\"""")
LARGEST_PICTURE = 150 * 1024


@cache
def text_of(path):
    return path.read_text(encoding="utf-8")


def commands_of(path):
    """What stands in blocks and spans of code, a wrapped command on one line."""
    return "\n".join(CODE_IN_TEXT.findall(text_of(path))).replace("\\\n", " ")


def named(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def code_files():
    for name in CODE:
        path = ROOT / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def variables_read():
    found = {name for path in code_files() for pair in READ.findall(text_of(path)) for name in pair if name}
    return found - NOT_FOR_DEPLOYMENT


def links(path):
    return [a or b for a, b in LINK.findall(text_of(path)) if "://" not in (a or b)]


@pytest.mark.parametrize("path", DOCS, ids=named(DOCS))
def test_every_command_named_exists(path):
    text = commands_of(path)
    source = text_of(ROOT / "dev")
    known = set(re.findall(r'"(\w+)": ', source.partition("COMMANDS = ")[2].partition("}")[0]))
    assert {"run", "test", "serve", "manage"} <= known
    assert set(re.findall(r"\./dev (?!manage\b)([a-z_]+)", text)) <= known
    asked = set(re.findall(r"(?:\./dev manage|manage\.py) ([a-z_]+)", text))
    assert asked <= set(get_commands())


def test_every_option_of_our_commands_named_exists():
    text = "\n".join(commands_of(path) for path in DOCS)
    wrong = []
    for command, rest in re.findall(r"\./dev manage ([a-z_]+)((?: [^\n#|`]+)?)", text):
        app = get_commands()[command]
        source = ROOT / app.replace(".", "/") / "management" / "commands" / f"{command}.py"
        if source.exists():
            declared = set(re.findall(r'"(--[a-z-]+)"', text_of(source)))
            wrong += [f"{command} {option}" for option in re.findall(r"--[a-z-]+", rest) if option not in declared]
    assert not wrong


@pytest.mark.parametrize("path", DOCS, ids=named(DOCS))
def test_every_file_linked_exists(path):
    assert not [target for target in links(path) if not (path.parent / target).exists()]


def test_every_picture_is_shown_somewhere_and_light():
    shown = {(path.parent / target).resolve() for path in DOCS for target in links(path)}
    pictures = sorted((ROOT / "docs" / "pictures").glob("*"))
    assert pictures
    assert not [p.name for p in pictures if p not in shown]
    assert not [p.name for p in pictures if p.suffix != ".png" or p.stat().st_size > LARGEST_PICTURE]
    assert len(pictures) <= 30


def test_the_table_of_variables_is_whole_and_true():
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", text_of(DEPLOYMENT), flags=re.M))
    assert told == variables_read()


def test_variables_of_the_sample_file_are_told_in_the_table():
    set_there = set(re.findall(r"^ +([A-Z][A-Z_]+)=", text_of(DEPLOYMENT), flags=re.M))
    assert {"SECRET_KEY", "DATABASE_URL"} <= set_there <= variables_read()


def test_every_demo_account_named_exists():
    from desk.demo.staff import ACCOUNTS, PASSWORD

    text = text_of(ROOT / "README.md")
    table = text.partition("### 试用账号")[2].partition("\n各种角色")[0]
    accounts = set(re.findall(r"`([a-z]+[0-9]{2})`", table))
    assert accounts
    assert accounts <= {account.username for account in ACCOUNTS}
    assert PASSWORD in table


def test_identifiers_of_the_glossary_exist():
    table = text_of(ROOT / "README.md").partition("## 词汇")[2].partition("\n## ")[0]
    source = "\n".join(text_of(path) for path in code_files())
    names = re.findall(r"`([A-Za-z_]+)", "\n".join(line.split("|")[2] for line in table.splitlines() if "| `" in line))
    assert len(names) > 20
    assert not [name for name in names if not re.search(rf"\b{name}\b", source)]


@pytest.mark.parametrize("path", DOCS, ids=named(DOCS))
def test_no_place_of_this_machine_is_named(path):
    """No folder of whoever wrote it, no package registry or mirror."""
    forbidden = r"/work/|/root/|/tmp/|/home/|pypi|pythonhosted|npmjs|mirrors?\.|index-url|localhost:\d"
    assert not re.findall(forbidden, text_of(path))
