"""A ratio means something only while the reference shows what the product shows."""

import re

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone

from bench.databases import AS_OF
from bench.pages import pages
from desk.demo.load import SEED, load
from desk.demo.staff import Passwords

pytestmark = [pytest.mark.any_database, pytest.mark.urls("bench.reference_urls")]


def seen(body):
    """The links of a page's content, every one once, and its text without spaces."""
    text = body.decode()
    text = text[text.index("<main") : text.index("</main")]
    links = set(re.findall(r'href="([^"#][^"]*)"', text))
    return links, re.sub(r"\s+|\d+:\d+", "", re.sub(r"<[^>]*>", "", text))


@pytest.fixture
def kept_connection():
    """The bench asks the handler itself; the end of its requests must not close the test's connection."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


@pytest.fixture
def shown(db, kept_connection, monkeypatch):
    monkeypatch.setattr("desk.demo.meetings.MONTHS", 6)
    monkeypatch.setattr(timezone, "localdate", lambda value=None, zone=None: AS_OF)
    load("town", AS_OF, SEED, Passwords(demo=True))
    return pages()


def test_references_show_the_links_and_figures_of_the_product(shown):
    for page in shown:
        links, text = seen(page.visitor.get(page.path))
        assert len(links) > 5, page.name
        assert seen(page.visitor.get(page.reference)) == (links, text), page.name
