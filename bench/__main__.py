"""Measure the product: python -m bench pages|growth|papers|exports|imports|formation|all, or docs FILE… to write docs/benchmarks.md from results.

Prints one table: goal, figure, bar, verdict. --check makes a missed bar an error.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def arguments(argv):
    parser = argparse.ArgumentParser(prog="bench", description="性能测量；数据是编的，库放在数据目录的 bench 里")
    parser.add_argument("what", choices=["pages", "growth", "papers", "exports", "imports", "formation", "all", "docs"])
    parser.add_argument("results", nargs="*", help="docs：由哪些结果文件写说明，后面的盖过前面的")
    parser.add_argument("--rounds", type=int, help="每样轮流测几次，取最省的一次")
    parser.add_argument("--papers", type=int, help="看内存时连做几份材料")
    parser.add_argument("--quick", action="store_true", help="少测几次，几分钟内看个大概")
    parser.add_argument("--db", help="PostgreSQL 的地址，库名后会加 _town、_county；不写就用 SQLite")
    parser.add_argument("--json", help="结果另存为这个文件")
    parser.add_argument("--check", action="store_true", help="有一项未达到就算失败")
    return parser.parse_args(argv)


def main(argv):
    args = arguments(argv)
    if args.what == "docs":
        from bench import report

        (ROOT / "docs" / "benchmarks.md").write_text(report.document(*map(Path, args.results)), encoding="utf-8")
        return 0
    _open_django(args.db)
    from bench import databases, figures, report

    try:
        found = list(_told(_measured(args)))
    except databases.NotOurs as refusal:
        print(refusal, file=sys.stderr)
        return 2
    if args.json:
        database = "PostgreSQL" if args.db else "SQLite"
        text = report.results(found, rounds=_rounds(args), quick=args.quick, database=database, as_of=databases.AS_OF)
        Path(args.json).write_text(text, encoding="utf-8")
    missed = figures.missed(found)
    print(f"\n共{len(found)}项，未达到{len(missed)}项。")
    return 1 if missed and args.check else 0


def _open_django(database):
    """The bench's settings, never the database the environment points the product at."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    os.environ["APP_MODE"] = "local"
    os.environ["DATABASE_URL"] = database or ""
    import django
    from django.utils import timezone

    django.setup()
    from bench.databases import AS_OF

    # 数据以那一天为今天；时刻（会话、任务）仍是真的。
    whole = timezone.localdate
    timezone.localdate = lambda value=None, timezone=None: AS_OF if value is None else whole(value, timezone)


def _rounds(args):
    return args.rounds or (5 if args.quick else 30)


def _measured(args):
    from bench import databases, exports, formation, growth, imports, papers, reading

    rounds = _rounds(args)
    if args.what in ("growth", "all"):
        databases.prepare("county")
    databases.prepare("town")
    if args.what in ("pages", "all"):
        yield from reading.measured(rounds=rounds)
    if args.what in ("growth", "all"):
        yield from growth.measured(rounds=rounds)
    if args.what in ("papers", "all"):
        if args.db:
            print("材料只在 SQLite 上测，这次跳过。")
        else:
            batch, many = (10, 20) if args.quick else (45, 200)
            yield from papers.measured(rounds=min(rounds, 8), batch=batch, many=args.papers or many)
    if args.what in ("exports", "all"):
        if args.db:
            print("导出只在 SQLite 上测，这次跳过。")
        else:
            yield from exports.measured(rounds=3 if args.quick else 2, quick=args.quick)
    if args.what in ("imports", "all"):
        if args.db:
            print("导入只在 SQLite 上测，这次跳过。")
        else:
            yield from imports.measured(rounds=1 if args.quick else 3, quick=args.quick)
    if args.what in ("formation", "all"):
        yield from formation.measured(rounds=min(rounds, 10))


def _told(found):
    from bench import figures

    for figure in found:
        print(figures.line(figure), flush=True)
        yield figure


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
