"""The running product with a town of invented data: started as ./dev starts it, asked by a browser or by plain HTTP."""

import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

from django.urls import Resolver404, resolve

from tests.worker.product import DATABASE, ROOT, load_dev, migrate

# 一个镇里的各种读者：先写的，在几位读者看到的一样多时代表大家。
READERS = ("town01", "sec01", "br01", "xq01", "sys01", "safe01", "audit01", "cad01")
SMALL_SCREENS = ("br01", "xq01")  # 支部和小区的页面：字大、页小
ACCOUNTS = "accounts.json"
AS_MADE = "as-made.sqlite3"
SOUGHT = "王"  # 填进查找框的
MOST_OF_A_KIND = 4  # 同一种网址，每位读者最多看几页；带查询的，同样几个参数只看一页


@contextlib.contextmanager
def environment(**names):
    """os.environ with these names set ("" takes one away), as it was before afterwards."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: value for name, value in names.items() if value})
    for name in [name for name, value in names.items() if not value]:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def town(folder):
    """An invented town with its accounts' passwords in the folder; for the fixture made_once."""
    with environment(DATA_DIR=str(folder), DATABASE_URL="", REDIS_URL=""):
        env = load_dev().environment("local")
    migrate(env)
    load = [sys.executable, "manage.py", "load_demo", "--scale", "town", "--accounts-file", str(folder / ACCOUNTS)]
    subprocess.run(load, cwd=ROOT, env=env, check=True)


def _copy(source, target):
    with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(target)) as other:
        one.backup(other)


class Site:
    """Web, and on demand broker and worker, on a SQLite file of their own."""

    def __init__(self, data):
        """`data`: a folder with what town() left."""
        self.data, self.dev, self.children = data, load_dev(), []
        self.address = f"http://127.0.0.1:{_free_port()}"
        self.passwords = {row["username"]: row["password"] for row in json.loads((data / ACCOUNTS).read_text())}
        _copy(data / DATABASE, data / AS_MADE)
        with self._environment():
            self.env = self.dev.environment("local")
            (data / "static").mkdir(exist_ok=True)
            self._keep(self.dev.web(self.env))
        self.until(self._answers)

    def _environment(self):
        host, port = urllib.parse.urlsplit(self.address).netloc.split(":")
        return environment(
            DATA_DIR=str(self.data), HOST=host, PORT=port, WEB_PROCESSES="1", DATABASE_URL="", REDIS_URL=""
        )

    def restore(self):
        """The town as it was made; nobody is signed in any more."""
        _copy(self.data / AS_MADE, self.data / DATABASE)

    def start_worker(self):
        """The broker and the worker, once, for whoever waits for papers."""
        if len(self.children) == 1:
            with self._environment():
                self._keep(self.dev.broker())
                self._keep(self.dev.worker(self.env))

    def _keep(self, child):
        child.start()
        self.children.append(child)

    def close(self):
        for child in reversed(self.children):
            child.ask_to_stop()
        for child in reversed(self.children):
            child.stop()

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.address}/login/", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def until(self, condition, seconds=120):
        """The value of `condition()` as soon as it holds; fails when a process has ended or time is up."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"等了 {seconds} 秒"
            ended = [child.name for child in self.children if child.process.poll() is not None]
            assert not ended, f"{ended}退出了"
            time.sleep(0.05)
        return value

    @property
    def usernames(self):
        return [username for (username,) in self.select("SELECT username FROM accounts_user")]

    def write(self, sql):
        """One statement past the product, for states it has no page for."""
        with contextlib.closing(sqlite3.connect(self.data / DATABASE, timeout=20)) as connection:
            connection.execute(sql)
            connection.commit()

    def select(self, sql, *parameters):
        """Rows of the product's own database, for looking only."""
        path = f"file:{self.data / 'desk.sqlite3'}?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True, timeout=20)) as connection:
            return connection.execute(sql, parameters).fetchall()


class _Page(HTMLParser):
    """The addresses a page leads to and the hidden fields of its forms."""

    def __init__(self, text):
        super().__init__()
        self.links, self.hidden = [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        elif tag == "form" and attrs.get("action") and attrs.get("method", "get") == "get":
            self.links.append(f"{attrs['action']}?q={SOUGHT}")
        elif tag == "input" and attrs.get("type") == "hidden":
            self.hidden[attrs.get("name")] = attrs.get("value", "")


class Visitor:
    """One account over plain HTTP: signs in, and walks every link."""

    def __init__(self, site, username):
        self.site, self.username, self.jar, self.dead = site, username, CookieJar(), []
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        landed = self.post("/login/", username=username, password=site.passwords[username])
        assert landed == "/", f"{username} 登录不上"

    def post(self, path, **fields):
        """Send the page's own form with these fields; where that leads."""
        page = _Page(self.get(path)[2])
        sent = urllib.parse.urlencode(page.hidden | fields).encode()
        with self._opener.open(f"{self.site.address}{path}", sent) as answer:
            return _own_part(answer.url)

    def get(self, path):
        """(status, final path with query, text); the text of what is no page is empty."""
        request = f"{self.site.address}{urllib.parse.quote(path, safe='/?&=%~+')}"
        try:
            with self._opener.open(request) as answer:
                is_page = answer.headers.get_content_type() == "text/html"
                return answer.status, _own_part(answer.url), answer.read().decode() if is_page else ""
        except urllib.error.HTTPError as error:
            with error:
                return error.code, path, error.read().decode()

    def cookies(self):
        """For a browser context that is to be signed in already."""
        return [{"name": c.name, "value": c.value, "url": self.site.address} for c in self.jar]

    def walk(self):
        """{address name: {path: text}} of every page reachable by links, a few of each kind."""
        found, seen, waiting, kinds = {}, set(), ["/"], {}
        while waiting:
            path = waiting.pop(0)
            name = name_of(path)
            if path in seen or name is None:
                continue
            seen.add(path)
            asked = sorted(urllib.parse.parse_qs(urllib.parse.urlsplit(path).query))
            kinds[name, *asked] = kinds.get((name, *asked), 0) + 1
            if kinds[name, *asked] > (1 if asked else MOST_OF_A_KIND):
                continue
            status, landed, text = self.get(path)
            if status != 200:
                self.dead.append((path, status))
                continue
            found.setdefault(name_of(landed), {})[landed] = text
            found.setdefault(name, {}).setdefault(path, text)
            waiting += [urllib.parse.urldefrag(urllib.parse.urljoin(landed, link)).url for link in _Page(text).links]
        return found


def _own_part(url):
    parts = urllib.parse.urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def name_of(path):
    """The name of an address of this site; None for others' addresses, static files and anchors."""
    parts = urllib.parse.urlsplit(path)
    if parts.netloc or parts.scheme or re.match(r"/static/|/text-size/", parts.path):
        return None
    try:
        return resolve(parts.path).url_name
    except Resolver404:
        return None
