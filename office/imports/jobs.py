"""What a worker does for a batch: asking for it, and what becomes of work that got stuck."""

from django.db import transaction

from office.imports.holding import WORDS, NotNow, locked, must_keep_batch
from office.imports.models import AT_WORK, State
from office.papers import builds

AT_ONCE = 500  # rows; more is done by a worker, with its progress on the page
# 在做什么：任务的名称，页面上怎么说
WORK = {
    State.READING: ("read", "核对"),
    State.APPLYING: ("apply", "导入"),
    State.UNDOING: ("undo", "撤销导入"),
}


def job(batch, task, title):
    """The task `imports.<task>` for this batch, to be queued."""
    return builds.Paper(
        kind=f"import_{task}_{batch.pk}",
        title=title[:120],
        task=f"imports.{task}",
        town=batch.town,
        community=batch.community,
        parameters={"batch": batch.pk},
    )


def queue(batch, state, *, by):
    """Put the batch, whose row the caller holds, in this state and have a worker do what it says."""
    task, doing = WORK[state]
    batch.state = state
    try:
        batch.build = builds.enqueue(job(batch, task, f"{doing}{batch.file_name}"), by=by)
    except builds.AlreadyRequested as already:
        batch.build = already.build
    batch.save()


def does(build, state):
    """Whether the build is the work of this state."""
    return build is not None and build.task == f"imports.{WORK[state][0]}"


def is_stuck(batch):
    """Whether the work on the batch ended without an end: a worker gave up, or the page's process died."""
    return batch.state in AT_WORK and (batch.build is None or batch.build.is_over)


@transaction.atomic
def again(batch, *, by):
    """Try once more what got stuck."""
    must_keep_batch(batch, by)
    if not is_stuck(locked(batch)):
        raise NotNow(WORDS[batch.state])
    if batch.build is None or not builds.retry(batch.build, by=by):
        queue(batch, batch.state, by=by)
