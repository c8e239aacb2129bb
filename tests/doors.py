"""Who comes in at which address, and with what: the rows of tests/test_access.py with their pages, forms and readers."""

import re
from html.parser import HTMLParser
from itertools import product
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import BranchReport
from branches.models import CaseMember
from members import census
from members.models import CensusReturn
from office.imports.models import ImportBatch
from office.papers.models import Build
from tests import cast
from tests.branches import case_cast, election_cast, territory_cast
from tests.documents import cast as documents_cast
from tests.test_access import READERS, arguments, query, rows

HAN = re.compile(r"[一-鿿]")
# 第二步才出表单的页面，要走到第二步。
NEEDS = {
    "assignment_new": lambda place: {"role": "branch_secretary"},
    "body_post_new": lambda place: {"title": "grid_worker"},
    "case_new": lambda place: {"kind": "joint", "compound": f"{place.compound['湖畔'].pk},{place.compound['公园'].pk}"},
    "document_new": lambda place: {"kind": "minutes", "issuer": place.body["西塘镇"].pk},
    "post_new": lambda place: {"title": "secretary"},
}
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
ADDRESSES = [row[:3] for row in rows()]


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


def new_client(place, reader, **settings):
    client = Client(**settings)
    if reader != "没有登录":
        cast.enter(client, place.user[reader])
    return client


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
        """Its place among the rows, by which spellings take turns."""
        return ADDRESSES.index((self.name, self.method, self.target))

    def one_of_each(self, kinds):
        """One spelling of each kind: another one at the next address."""
        return [spellings[self.number % len(spellings)] for spellings in kinds]

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


# ── The forms that are sent to an address ──

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
