"""Write a town's annual materials into a folder, without web server or worker."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assessments import figures, papers, period, town
from office.areas.models import Town
from office.audit import trail


class Command(BaseCommand):
    help = "生成年度述职考核材料：每个小区党支部一份、全镇一份，PDF 和 Word 各一，另附一个附表（不用启动后台进程）"

    def add_arguments(self, parser):
        parser.add_argument("year", type=int, help="哪一年，如 2026")
        parser.add_argument("--town", help="镇的名称；不写就是每个镇都做")
        parser.add_argument("--out", type=Path, help="放到哪个文件夹")

    def handle(self, *, year, town, out, **options):
        try:
            span = period.of_year(year)
        except period.NotYet as refused:
            raise CommandError(str(refused)) from refused
        towns = _towns(town)
        out = out or Path(settings.DATA_DIR) / "年度述职考核材料" / str(year)
        failed = []
        for chosen in towns:
            folder = out / papers.safe(chosen.name) if len(towns) > 1 else out
            failed += self._write(chosen, span, folder)
        if failed:
            raise CommandError("这些材料没有生成：\n" + "\n".join(f"  {name}：{why}" for name, why in failed))
        self.stdout.write(self.style.SUCCESS(f"完成，材料在 {out}"))

    def _write(self, chosen, span, folder):
        """Write one town's papers; returns (name, why) of those that failed."""
        made_on = papers.made_on("系统", timezone.now())
        years = figures.of_branches(figures.running(chosen.pk, span.day), chosen.pk, span)
        whole = town.gathered(chosen, span, years)
        jobs = [
            (Path(papers.file_name(chosen.name, span.year, ".pdf")), lambda: papers.town_pdf(whole, made_on=made_on)),
            (Path(papers.file_name(chosen.name, span.year, ".docx")), lambda: papers.town_docx(whole, made_on=made_on)),
            (Path(papers.file_name(chosen.name, span.year, "附表.xlsx")), lambda: _annex(whole, made_on)),
            *_of_branches(years, made_on),
        ]
        failed = []
        for number, (name, make) in enumerate(jobs, start=1):
            try:
                _save(folder / name, make())
            except Exception as problem:  # noqa: BLE001 - one paper that fails must not keep the others from being made
                failed.append((name, f"{type(problem).__name__} {problem}"))
                self.stderr.write(f"[{number}/{len(jobs)}] 没有生成 {name}")
            else:
                self.stdout.write(f"[{number}/{len(jobs)}] {name}")
        with transaction.atomic():
            changes = {"files": (0, len(jobs) - len(failed))}
            trail.record("assessments.materials_written", chosen, by=None, town=chosen.pk, changes=changes)
        return failed


def _towns(name):
    towns = list(Town.objects.filter(name=name) if name else Town.objects.all())
    if not towns:
        raise CommandError(f"没有叫“{name}”的镇。" if name else "还没有开通镇。")
    return towns


def _of_branches(years, made_on):
    """(path, function that makes it), PDF and Word of every branch; a name met twice in a community gets a number."""
    taken = set()
    for year in years:
        folder = Path(papers.safe(year.basics.community))
        path, number = folder / papers.file_name(year.basics.short_name, year.year, ".pdf"), 2
        while path in taken:
            path = folder / papers.file_name(year.basics.short_name, year.year, f"（{number}）.pdf")
            number += 1
        taken.add(path)
        yield path, lambda year=year: papers.branch_pdf(year, made_on=made_on)
        yield path.with_suffix(".docx"), lambda year=year: papers.branch_docx(year, made_on=made_on)


def _annex(year, made_on):
    with papers.annex_xlsx(year, made_on=made_on) as file:
        return file.read()


def _save(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
