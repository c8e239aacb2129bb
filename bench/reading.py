"""Pages of one town: against the reference (P1), against Django's admin (P2), queries (P5), size (H2)."""

import gzip
from statistics import median

from bench import databases
from bench.figures import Figure
from bench.measures import least, statements
from bench.pages import pages

ADMIN_BARS = {"members": 0.15, "meetings": 0.15, "find": 0.25, "branch": 0.15}
QUERY_BARS = {"list": 6, "composite": 30}
KIB = 1024


def measured(*, rounds):
    databases.use("town")
    shown = pages()
    cost = _cost(shown, rounds)
    yield from _against_reference(shown, cost)
    yield from _against_admin(shown, cost)
    yield from _queries(shown)
    yield from _size(next(page for page in shown if page.name == "members"))


def _cost(shown, rounds):
    """{(page, which): least seconds of CPU}, everything in turn."""
    works = {}
    for page in shown:
        addresses = {"product": page.path, "reference": page.reference}
        addresses |= {site: f"/{site}/{page.admin}" for site in _admins(page)}
        for which, address in addresses.items():
            works[page.name, which] = lambda page=page, address=address: page.visitor.cpu(address)
    return least(rounds, works)


def _admins(page):
    """The plain admin's form of a branch shows a tenth of the page, so only its lists are compared."""
    if not page.admin:
        return ()
    return ("tuned", "plain") if page.kind == "list" else ("tuned",)


def _ratio(cost, page, other):
    return cost[page.name, "product"] / cost[page.name, other]


def _raw(cost, page, other):
    """Both costs in milliseconds."""
    return {which: round(cost[page.name, which] * 1000, 3) for which in ("product", other)}


def _against_reference(shown, cost):
    ratios = {page: _ratio(cost, page, "reference") for page in shown}
    for page, ratio in ratios.items():
        raw = _raw(cost, page, "reference")
        yield Figure("P1", f"{page.label}：处理器时间比最优写法", ratio, at_most=2.0, raw=raw)
    yield Figure("P1", "各页的中位数", median(ratios.values()), at_most=1.7)


def _against_admin(shown, cost):
    words = {"tuned": "调优后的 Django 后台", "plain": "默认的 Django 后台"}
    for page in shown:
        for site in _admins(page):
            bar = ADMIN_BARS[page.name] if site == "tuned" else None
            what = f"{page.label}：处理器时间比{words[site]}"
            yield Figure("P2", what, _ratio(cost, page, site), at_most=bar, raw=_raw(cost, page, site))


def _queries(shown):
    for page in shown:
        with statements() as found:
            page.visitor.get(page.path)
        yield Figure("P5", f"{page.label}：查询次数（登录的除外）", len(found), at_most=QUERY_BARS[page.kind])


def _size(members):
    ours = members.visitor.get(members.path)
    theirs = members.visitor.get(f"/tuned/{members.admin}")
    raw = {"product": len(ours), "tuned": len(theirs)}
    yield Figure("H2", "50行的名单：网页大小比 Django 后台", len(ours) / len(theirs), at_most=0.5, raw=raw)
    packed = len(gzip.compress(ours, 6))
    yield Figure("H2", "50行的名单：压缩后多少 KiB", packed / KIB, at_most=6, raw={"bytes": packed})
