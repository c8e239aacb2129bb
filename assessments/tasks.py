"""The worker's side of the annual materials: a key in, a file out."""

from celery import shared_task

from assessments import annual
from office.papers import tasks


@shared_task(name="assessments.branch_year")
def branch_year(pk):
    tasks.run(pk, annual.branch_figures, annual.render_branch)
    annual.send_bundle(pk)


@shared_task(name="assessments.town_year")
def town_year(pk):
    tasks.run(pk, annual.town_figures, annual.render_town)
    annual.send_bundle(pk)


@shared_task(name="assessments.branch_word")
def branch_word(pk):
    tasks.run(pk, annual.figures_beside, annual.render_branch_word)


@shared_task(name="assessments.town_word")
def town_word(pk):
    tasks.run(pk, annual.figures_beside, annual.render_town_word)


@shared_task(name="assessments.annex")
def annex(pk):
    tasks.run(pk, annual.figures_beside, annual.render_annex)


# 汇编要把每份重排一遍，比单份材料久得多。
@shared_task(name="assessments.bundle", soft_time_limit=15 * 60, time_limit=16 * 60)
def bundle(pk):
    if annual.bundle_may_begin(pk):
        tasks.run(pk, annual.bundle_figures, annual.render_bundle)
