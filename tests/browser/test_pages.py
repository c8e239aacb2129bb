"""Every page by its fullest reader, on a desk and on a phone: filled, empty, and refused."""

import re

import pytest

from tests.browser import look
from tests.browser.site import READERS, SMALL_SCREENS
from tests.test_house import all_views

NAMES = sorted(name for name, *_ in all_views())
# 没有链接到、或不是页面的网址，以及为什么。
NO_PAGE = {
    "demo_switch": "只收表单",
    "demo_reset": "只收表单",
    "healthz": "给机器看的",
    "login": "已登录的人看不到，下面另查",
    "logout": "只收表单",
    "members_export": "",
    "my_branch": "转到支部页",
    "my_compound": "转到小区页",
    "text_size": "转回原页",
}
every_page = pytest.mark.parametrize("name", NAMES)
EMPTY_HANDED = """() => [...document.querySelectorAll('main form[method=post]')]
  .map((form, at) => [at, form.querySelectorAll('[required]:not([type=hidden])').length])
  .filter(([, required]) => required).map(([at]) => at)"""


def fullest(walks, name, readers):
    """(reader, path, text) of the page with most on it, or None where none of the readers came there."""
    pages = [(len(text), -at, path) for at, reader in enumerate(readers) for path, text in walks[reader].get(name, {}).items() if text]
    if not pages:
        return None
    _, at, path = max(pages)
    return readers[-at], path, walks[readers[-at]][name][path]


def shown_pages(walks, name):
    """The fullest page of the staff and administrators, and the fullest of branch and compound, whose layout is larger."""
    staff = tuple(reader for reader in READERS if reader not in SMALL_SCREENS)
    found = [fullest(walks, name, staff), fullest(walks, name, SMALL_SCREENS)]
    return [each for each in found if each]


@every_page
def test_a_page_can_be_reached_by_links(walks, name):
    if name not in NO_PAGE:
        assert shown_pages(walks, name), "没有读者能顺着链接走到这里"


def test_no_link_leads_to_a_closed_door(walks, visitors):
    assert {visitor.username: visitor.dead for visitor in visitors.values() if visitor.dead} == {}


@every_page
def test_a_filled_page(walks, signed_in, site, weights, name):
    for reader, path, text in shown_pages(walks, name):
        watched = signed_in(reader)
        page = watched.page()
        page.goto(path)
        inspect(page, watched, site)
        kind = "small" if reader in SMALL_SCREENS else "staff"
        weight = weights.of_page(page, text)
        assert weight <= look.MOST_BYTES[kind], f"{path}：{weight} 字节"
        assert page.evaluate(look.NODES) <= look.MOST_NODES, path
        page.close()


def inspect(page, watched, site):
    """All the bars of one opened page, at both widths."""
    where = page.url.removeprefix(site.address)
    assert page.evaluate(look.SHIFT) == 0, f"{where} 打开时跳动"
    assert look.foreign_words(page, site.passwords) == [], where
    assert look.axe(page) == [], where
    assert look.sideways(page) == {}, where
    page.set_viewport_size({"width": look.NARROW, "height": 780})
    assert look.axe(page) == [], f"{where} 手机宽"
    assert page.evaluate(look.SMALL_TARGETS) == [], where
    assert watched.trouble == [], where
