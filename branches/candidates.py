"""人选考察表: what is said of somebody before he is proposed, in words and without a number (R-130, N-23).

The words are sensitive: town and the community's secretary read them, and every reading is on the trail.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string

from branches.models import CandidateSheet
from office.audit import trail
from office.chinese.dates import cn_date
from office.papers import pdf

WORDS = ("political", "standing", "service", "conflicts", "opinion")
FACTS = ("office", "source", "written_on", *WORDS)


@transaction.atomic
def write(branch, person, facts, *, by) -> CandidateSheet:
    """A new sheet on `person` for an office of the branch; `facts` by the names of FACTS."""
    sheet = CandidateSheet.objects.create(
        branch=branch.body, community=branch.community, person=person, written_by=by, **_known(facts)
    )
    changes = {"人选": (None, person.name), "拟任职务": (None, sheet.get_office_display())}
    trail.record("branches.candidate_written", sheet, by=by, changes=changes)
    return sheet


@transaction.atomic
def rewrite(sheet, facts, *, version, by) -> CandidateSheet:
    """Change a sheet. Raises ValidationError where somebody was quicker. What was said is not copied to the trail."""
    found = CandidateSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if found.version != version:
        raise ValidationError("刚才有人改过这张表，您填的还在。请先另开一页看看他改了什么，再保存。")
    changed = [key for key, value in _known(facts).items() if getattr(found, key) != value]
    if not changed:
        return found
    for key in changed:
        setattr(found, key, facts[key])
    found.version += 1
    found.save()
    labels = "、".join(str(CandidateSheet._meta.get_field(key).verbose_name) for key in changed)
    trail.record("branches.candidate_written", found, by=by, changes={"改了哪几栏": (None, labels)})
    return found


def _known(facts):
    return {key: facts[key] for key in FACTS}


@transaction.atomic
def read(sheet, *, how, by):
    """Note on the trail that `by` reads the sheet (`how`: 在页面上, 打印)."""
    trail.record("branches.candidate_read", sheet, by=by, changes={"方式": (None, how)})


def paper(sheet) -> bytes:
    """The sheet as PDF, one page."""
    rows = [(str(CandidateSheet._meta.get_field(key).verbose_name), getattr(sheet, key) or "—") for key in WORDS]
    context = {"sheet": sheet, "rows": rows, "written_on": cn_date(sheet.written_on)}
    return pdf.render(render_to_string("branches/candidate.pdf.html", context))
