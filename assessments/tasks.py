"""The worker's side of the annual materials: a key in, a file out."""

from celery import shared_task

from assessments import annual
from office.papers import tasks


@shared_task(name="assessments.branch_year")
def branch_year(pk):
    tasks.run(pk, annual.branch_figures, annual.render_branch)


@shared_task(name="assessments.town_year")
def town_year(pk):
    tasks.run(pk, annual.town_figures, annual.render_town)


@shared_task(name="assessments.annex")
def annex(pk):
    tasks.run(pk, annual.town_figures, annual.render_annex)
