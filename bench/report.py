"""Results as a file, and docs/benchmarks.md from such a file. Neither names a machine or a path."""

import json
import os
import platform
import subprocess
from datetime import date
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOALS = {
    "P1": "网页，比同样内容的最优写法。最优写法用同样的中间件、登录和数据表，手写 SQL，Jinja2 模板，显示同样的文字和链接"
    "（`tests/bench/test_reference.py` 守着这一点）。",
    "P2": "网页，比 Django 自带的后台。同样的表和列；调优的一份按读者的范围取数，用上全部公开选项。",
    "P4": "一个镇的网页，在二十个镇约十万名党员的库里，比只有这一个镇时。该镇的数据两边逐行相同。",
    "P5": "一页的查询次数。",
    "H2": "网页大小。",
    "D1": "一份材料，比 WeasyPrint 单独排版。同样的 HTML、样式和字体；本系统的一份含领任务、取数、套模板、存文件，并在内存上限之内。",
    "D2": "成批生成材料。",
    "E1": "党员名单导出成 Excel，从查库到文件写好，含记入操作记录；数据是把一个镇的党员抄够这么多行。最省写法是一条 SQL、"
    "一行一个模板串，不查格子里有没有公式。别家的库写同样的列，能预先取的都预先取。",
    "E2": "导出时的内存，各用一个新进程。",
    "I1": "党员名册导入，十分之一的人已在册，1.5% 的行有错，报全错处、导入正确的行。要比的各样用同样的检查，拒绝同样的行，"
    "存成同样的数据，每次导入后逐行核对（`tests/bench/test_imports.py` 也守着）。本系统的含读表（在受限的子进程里）、"
    "存下核对结果、保存前重新核对、留下可撤销的原样；最省写法只读一遍就存，calamine 读表，手写 SQL。",
    "I2": "核对的快慢，和行数多了以后的快慢。",
    "I3": "导入时的内存（读表的子进程除外）和锁。整个文件在一个事务里保存。一个文件最多两万行、5 MB，所以量到两万行，没有量十万行。",
    "FO1": "成立条件一页的查询次数，小区再多也不变。",
    "FO2": "全镇支部逐个复核还符不符合设立条件（支部工作条例第七条）。",
    "FO3": "联合方案：从登记的邻近小区里逐组比较，排出三个方案；60个小区两两相邻，只量比较本身。",
    "G7": "没有错的大文件，和同一个文件再传一次。墙上时间，受当时别的工作影响。",
}
# 没有达到标准的，原因写在这里；结果里达到了就不印。
WHY_MISSED = {
    "P1": "查询只拼一次（`office/areas/prepared.py`），名单的行由代码写成；剩下的时间多半在页面框架上：Django 的模板逐个节点走一遍，"
    "筛选栏的表单每次新建，最优写法的模板编译成了代码。",
    "P2": "会话和账号每页都要查，两边一样；查会议一项的标准比最优写法自己用的时间还少：后台在这里比定标准时轻，本系统的页面比那时多了筛选栏、页签和计数。",
    "I1": "分段计时，两万行的时间约三成在核对两遍，三成多在写人员、党员、归属、可见范围四张表（按模型自己的规矩一个个建好再成批写），"
    "两成多在存每一行的核对结果和可撤销的原样，一成多在受限的子进程里读表。最省写法只核对一遍，不存结果和原样，也不另起进程；"
    "别家试导时什么也不存。拼音、日期这些检查做快了，要比的各样一起变快，比值几乎不动。",
    "I2": "两万行的核对，约三分之一是在受限的子进程里逐格取类型地读表，四成是逐行弄懂、和在册的人对上，两成多是存下每一行的结果给人看。"
    "最省写法用 Rust 写的读表，不分辨同名的人，也不存结果。单是读表和弄懂就已超过标准。",
    "I3": "保存时，核对的结果和改动都在内存里；两次写库（核对结果、保存）各在一个事务里，写的时候别人要等。",
    "G7": "这是墙上时间，测的时候有十来个进程在等两个处理器；机器不忙时，两万行从传上来到存好约十五秒。",
    "H2": "有字的格都写着列名（`data-l`），手机上竖排时显示，压缩后就看不出来了。",
}
HEAD = """# 性能测量

这一页由 `python -m bench docs` 从 {names} 生成，不要手改。

测量日期 {date}，代码 {commit}，Python {python}，{database}，{processors} 个处理器（测量时别的工作也在用）。
比值才算数，毫秒数只供参考：要比的各样轮流运行，各取 {rounds} 轮中处理器时间最少的一次。数据由 `load_demo` 编成，以 {as_of} 为今天。

自己测一遍：

    ./dev bench all            # 全部，约一小时；也可只测 pages、growth、papers、exports、imports、formation
    ./dev bench all --quick    # 看个大概
    ./dev bench pages --check  # 有一项未达到，退出码就是 1
    ./dev bench all --db postgresql://用户:口令@主机/bench  # 用 PostgreSQL，先建好空库 bench_town 和 bench_county；只算客户端的处理器时间

头一次要先编数据：一个镇约一分钟，二十个镇约十分钟；以后接着用。只动性能测量自己建的库。
"""


def results(figures, *, rounds, quick, database, as_of):
    """The JSON of one run."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    run = {
        "date": date.today().isoformat(),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "database": database,
        "rounds": rounds,
        "note": "只测了个大概" if quick else "完整测量",
        "as_of": as_of.isoformat(),
        "figures": [figure.as_json() for figure in figures],
    }
    return json.dumps(run, ensure_ascii=False, indent=1) + "\n"


def document(*paths):
    """docs/benchmarks.md, from results files; of a goal that several measured the last one tells."""
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    by_goal = {}
    for run in runs:
        found = groupby(sorted(run["figures"], key=lambda figure: figure["goal"]), key=lambda figure: figure["goal"])
        by_goal |= {goal: (run, list(figures)) for goal, figures in found}
    names = "、".join(f"`bench/results/{path.name}`" for path in paths)
    parts = [HEAD.format(names=names, **runs[0])]
    for goal in [goal for goal in GOALS if goal in by_goal]:
        run, figures = by_goal[goal]
        parts.append(f"## {goal}\n\n{GOALS[goal]}{_when(run, runs[0])}\n\n{_table(figures)}{_why(goal, figures)}")
    return "\n".join(parts)


def _when(run, first):
    """What of a part measured at another time differs from what the head of the page says."""
    return "" if run is first else f"（另测：{run['date']}，代码 {run['commit']}，{run['note']}。）"


def _table(figures):
    lines = ["| 测什么 | 测得 | 标准 | 结论 | 原始数据 |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {f['what']} | {f['shown']} | {f['bar']} | {f['verdict']} | {_raw(f['raw'])} |" for f in figures]
    return "\n".join(lines) + "\n"


def _why(goal, figures):
    missed = any(figure["passed"] is False for figure in figures)
    return f"\n未达到的原因：{WHY_MISSED[goal]}\n" if missed and goal in WHY_MISSED else ""


def _raw(raw):
    """Milliseconds, counts or bytes, as they were noted."""
    return "，".join(f"{name} {_short(value)}" for name, value in raw.items())


def _short(value):
    if isinstance(value, dict):
        return _raw(value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)
