"""One process that makes papers on demand: `python -m bench.press worker|formats|bare FOLDER`, a line in, a line out.

`worker` is a process of the worker's pool: the same memory limit, the same task from claim to finished file; `formats` makes
the Word file as well. `bare` is
WeasyPrint as it comes, given the finished HTML of the same paper, the same stylesheet and the same fonts.
Each line is the key of a Build; each answer is JSON: seconds of CPU, seconds gone by without those spent waiting for
a free processor, resident memory in KiB.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

FONT_CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<alias binding="same"><family>sans-serif</family><prefer><family>Paper Hei</family></prefer></alias>
<alias binding="same"><family>serif</family><prefer><family>Paper Fang</family></prefer></alias></fontconfig>"""


def worker(folder):
    """The function that makes one paper the product's way."""
    import django

    django.setup()
    from assessments.tasks import branch_year
    from config.celery import MEMORY_LIMIT
    from office.papers import pdf

    pdf.limit_process(MEMORY_LIMIT)
    keep_html(folder, pdf)
    return branch_year


def formats(folder):
    """The function that makes one paper the product's way, and then the same as a Word file."""
    make_pdf = worker(folder)
    from assessments import frozen, papers
    from assessments.figures import BranchYear
    from office.papers.models import Build

    def make(pk):
        make_pdf(pk)
        year = frozen.from_json(BranchYear, Build.objects.get(pk=pk).figures)
        papers.branch_docx(year, made_on="周敏生成")

    return make


def keep_html(folder, pdf):
    """Leave the HTML of each paper in the folder for the bare process; the cost is a file's."""
    render = pdf.render

    def keeping(html):
        (folder / "paper.html").write_text(html, encoding="utf-8")
        return render(html)

    pdf.render = keeping


def bare(folder):
    """The function that makes one paper with nothing but WeasyPrint."""
    from django.conf import settings

    static = Path(settings.BASE_DIR) / "static"
    config = folder / "fonts.conf"
    config.write_text(FONT_CONFIG.format(fonts=static / "fonts", cache=folder / "cache"))
    os.environ["FONTCONFIG_FILE"] = str(config)
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    styles = CSS(filename=static / "css" / "paper.css", font_config=fonts)

    def make(pk):
        html = (folder / "paper.html").read_text(encoding="utf-8")
        HTML(string=html).write_pdf(stylesheets=[styles], font_config=fonts)

    return make


def resident():
    """KiB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def waiting():
    """Seconds this process was ready to run and had no processor: what other work on the machine cost it."""
    return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9


def main(kind, folder):
    folder = Path(folder)
    tempfile.tempdir = str(folder)
    answers, sys.stdout = sys.stdout, sys.stderr
    make = {"worker": worker, "formats": formats, "bare": bare}[kind](folder)
    for line in sys.stdin:
        cpu, wall, waited = process_time(), perf_counter(), waiting()
        make(int(line))
        answer = {
            "cpu": process_time() - cpu,
            "busy": perf_counter() - wall - (waiting() - waited),
            "memory": resident(),
        }
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
