"""What the focus town's pages cost more when nineteen other towns stand beside it (P4)."""

from django.db import connection

from bench import databases
from bench.figures import Figure
from bench.measures import database_steps, least, python_calls, statements
from bench.pages import pages

EXACT, CPU = 1.02, {"sqlite": 1.25, "postgresql": 1.35}


def measured(*, rounds):
    shown = {}
    for scale in databases.SCALES:
        databases.use(scale)
        shown[scale] = pages()
    counted = {scale: [_counted(scale, page) for page in shown[scale]] for scale in databases.SCALES}
    cost = least(
        rounds,
        {(scale, page.name): lambda s=scale, p=page: _cpu(s, p) for scale in shown for page in shown[scale]},
    )
    for page, small, large in zip(shown["town"], *counted.values(), strict=True):
        for counter, what in (("queries", "查询次数"), ("steps", "数据库步数"), ("calls", "Python 调用次数")):
            if small[counter]:
                raw = {"town": small[counter], "county": large[counter]}
                yield Figure("P4", f"{page.label}：{what}，20个镇比1个镇", _growth(raw), at_most=EXACT, raw=raw)
        raw = {scale: round(cost[scale, page.name] * 1000, 3) for scale in databases.SCALES}
        bar = CPU[connection.vendor]
        yield Figure("P4", f"{page.label}：处理器时间，20个镇比1个镇", _growth(raw), at_most=bar, raw=raw)


def _growth(raw):
    return raw["county"] / raw["town"]


def _cpu(scale, page):
    databases.use(scale)
    return page.visitor.cpu(page.path)


def _counted(scale, page):
    """Queries, steps and calls of one reading; the first warms the caches of statements and templates."""
    databases.use(scale)
    page.visitor.get(page.path)
    with statements() as found:
        page.visitor.get(page.path)

    def read():
        page.visitor.get(page.path)

    steps = database_steps(read) if connection.vendor == "sqlite" else 0
    return {"queries": len(found), "steps": steps, "calls": python_calls(read)}
