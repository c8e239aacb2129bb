"""What formation costs: queries that no compound or branch adds to, and the search for partners alone (FO)."""

import random
import time
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from bench import databases
from bench.figures import Figure
from bench.measures import least, statements
from bench.visits import Visitor
from branches import formation, joining
from branches.models import Branch
from office.areas.models import Compound

COMPOUNDS = 60
MOST_SECONDS = 0.1
MOST_QUERIES = {"page": 14, "town": 4}


def measured(*, rounds):
    """The page of every compound of the focus town, all its branches re-checked, and a town of 60 compounds, all near."""
    databases.use("town")
    reader = Visitor("town01")
    yield _pages(reader)
    yield from _branches(reader, rounds)
    yield from _search(reader, rounds)


def _pages(reader):
    counted = [_queries(reader, pk) for pk in Compound.objects.within(reader.user.reach).values_list("pk", flat=True)]
    raw = {"compounds": len(counted), "fewest": min(counted), "most": max(counted)}
    return Figure(
        "FO1", "成立条件，全镇每个小区一页：查询次数最多的一页", max(counted), at_most=MOST_QUERIES["page"], raw=raw
    )


def _queries(reader, pk):
    with statements() as found:
        reader.get(reverse("compound_formation", args=[pk]))
    return len(found)


def _branches(reader, rounds):
    today, reach = timezone.localdate(), reader.user.reach
    with statements() as found:
        formation.lost(reach, today)
    raw = {"branches": Branch.objects.within(reach).count(), "queries": len(found)}
    yield Figure("FO2", "全镇支部逐个复核设立条件：查询次数", len(found), at_most=MOST_QUERIES["town"], raw=raw)
    cost = _seconds(rounds, lambda: formation.lost(reach, today))
    yield Figure("FO2", "全镇支部逐个复核设立条件：处理器时间（秒）", cost)


def _search(reader, rounds):
    t = formation.thresholds(reader.user.town_id, timezone.localdate() + timedelta(days=1))
    for label, typed in (("都登记为接壤", True), ("都按坐标邻近", False)):
        sites, blocs = _all_near(typed)
        cost = _seconds(rounds, lambda sites=sites, blocs=blocs: _suggested(sites, blocs, t))
        raw = {"compounds": COMPOUNDS, "milliseconds": round(cost * 1000, 1)}
        yield Figure(
            "FO3", f"联合方案，{COMPOUNDS}个小区{label}：处理器时间（秒）", cost, at_most=MOST_SECONDS, raw=raw
        )


def _seconds(rounds, work):
    def timed():
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return least(rounds, {"work": timed})["work"]


def _suggested(sites, blocs, t):
    return joining.suggest(1, blocs, joining.edges(sites, blocs, t.near), t)


def _all_near(typed):
    """Compounds inside 500 metres, a third of them with a branch."""
    chance, everybody = random.Random(5), frozenset(range(1, COMPOUNDS + 1))
    sites, blocs = [], []
    for pk in everybody:
        place = {
            "latitude_e6": 30_000_000 + chance.randrange(5000),
            "longitude_e6": 114_000_000 + chance.randrange(5000),
        }
        neighbours = everybody - {pk} if typed else frozenset()
        sites.append(joining.Site(pk, f"小区{pk}", 1, neighbours=neighbours, **place))
        has_branch = pk % 3 == 0
        full = chance.randrange(60 if has_branch else 3)
        branch = (pk, f"支部{pk}") if has_branch else None
        blocs.append(joining.Bloc(pk, ((pk, f"小区{pk}"),), branch, formation.Counts(full, full, 0), 1))
    return sites, blocs
