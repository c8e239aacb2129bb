"""One product and one browser for all browser tests; both are ended by who started them, and nothing else is."""

import pytest

from tests.browser.look import Watched, Weights
from tests.browser.site import READERS, Site, Visitor, town
from tests.browser.walker import WAYS, Walker


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(chromium, tmp_path_factory, made_once):
    site = Site(made_once("town", town, tmp_path_factory.mktemp("site")))
    yield site
    site.close()


@pytest.fixture(scope="module", autouse=True)
def _town_of_the_module(site):
    """Every module begins where the demo left the town, whatever another one did in the same process."""
    site.restore()


@pytest.fixture
def town_as_it_was(site):
    """A journey that changes the town begins where the demo left it."""
    site.restore()


@pytest.fixture(scope="module")
def visitors(site, _town_of_the_module):
    return {username: Visitor(site, username) for username in READERS}


@pytest.fixture(scope="module")
def walks(visitors):
    """{reader: {address name: {path: text}}}: everything that can be reached by links."""
    visitors["br01"].post("/feedback/", text="述职的字再大一些就好了", page="/")  # 试用数据里没有意见建议
    return {username: visitor.walk() for username, visitor in visitors.items()}


@pytest.fixture(scope="module")
def signed_in(chromium, site, visitors):
    """A browser context per reader, signed in, that collects what goes wrong on its pages."""
    kept = {}

    def context(username):
        if username not in kept:
            opened = chromium.new_context(viewport={"width": 1366, "height": 780}, base_url=site.address)
            opened.add_cookies(visitors[username].cookies())
            kept[username] = Watched(opened, site)
        return kept[username]

    yield context
    for each in kept.values():
        each.context.close()


@pytest.fixture(scope="session")
def weights():
    return Weights()


@pytest.fixture(params=WAYS)
def walker(request, chromium, site):
    """A journey's person: at a desk, with a phone, and without script."""
    walker = Walker(chromium, site, request.param)
    yield walker
    walker.context.close()
