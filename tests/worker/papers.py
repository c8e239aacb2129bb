"""Papers that take as long, eat as much or die as often as a test asks for. Loaded by the worker only."""

import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

from celery import shared_task
from django.conf import settings

from office.papers import builds, tasks

builds.LEASE = timedelta(seconds=4)
builds.MESSAGE_LEASE = timedelta(seconds=6)


def note(build, word):
    """Tell the test what goes on in here; one short append is whole."""
    with (Path(settings.DATA_DIR) / "work.log").open("a") as log:
        log.write(f"{word} {build.pk} {os.getpid()}\n")


@shared_task(name="tests.paper")
def paper(pk):
    tasks.run(pk, figures, render)


def figures(build):
    return {"first_claimed_in_attempt": build.attempt}


def render(build, kept):
    note(build, "begin")
    if build.parameters.get("deadly"):
        os.kill(os.getpid(), signal.SIGKILL)
    if megabytes := build.parameters.get("megabytes"):
        bytearray(megabytes * 1024**2)
    threading.Event().wait(build.parameters.get("seconds", 0))
    if build.parameters.get("held"):
        while not (Path(settings.DATA_DIR) / "release").exists():
            threading.Event().wait(0.05)
    note(build, "end")
    return f"{build.pk} {kept['first_claimed_in_attempt']}".encode(), f"{build.title}.txt"
