"""What a worker does with a build's key, and the two clocks of the house: the sweeper and the heartbeat."""

import logging
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, connection

from office.papers import archiving, builds
from office.papers.pdf import PaperProblem

log = logging.getLogger(__name__)

TOO_LONG = "做了太久还没有做完，已停止。请缩小范围后重新生成。"
TOO_BIG = "内容太多，超出了一份材料的上限。请缩小范围后重新生成。"
WENT_WRONG = "生成时出了问题，已记入日志。请点“重新生成”；仍不行请把编号 {pk} 告诉系统管理员。"


SILENT_AFTER = 60  # 秒：与 ./dev 里换掉后台进程的时限相同；正常时 15 秒有一次动静


def heartbeat_file() -> Path:
    return Path(settings.DATA_DIR) / "heartbeat"


def silence() -> float | None:
    """Seconds since the inside of a pool process last showed life; None when it never did."""
    try:
        return time.time() - heartbeat_file().stat().st_mtime
    except FileNotFoundError:
        return None


def show_life():
    """Tell the supervisor and /healthz that the inside of a pool process works."""
    heartbeat_file().touch()


def run(pk, figures, render):
    """Make one paper: the body of every building task, which passes on its key.

    `figures(build)` returns what the paper says, as plain JSON data; it is asked once and kept on the row.
    `render(build, figures)` returns (bytes or path, file name). Either may raise PaperProblem.
    """

    def make(build):
        kept = build.figures if build.figures is not None else builds.freeze(build, figures(build))
        return render(build, kept)

    _work_on(pk, make, lambda build, made: builds.finish(build, *made))


def run_work(pk, work):
    """Do one job that makes no file: `work(build)` must be safe to repeat. It may raise PaperProblem."""
    _work_on(pk, work, lambda build, _: builds.finish_work(build))


def _work_on(pk, work, finish):
    build = builds.claim(pk)
    if build is None:
        return
    show_life()
    try:
        with _held(build):
            made = work(build)
    except PaperProblem as refusal:
        builds.fail(build, str(refusal))
    except SoftTimeLimitExceeded:
        builds.fail(build, TOO_LONG)
    except MemoryError:
        builds.fail(build, TOO_BIG)
    except DatabaseError:
        raise  # 数据库一时不可用：占用到期后由巡查重新派出
    except Exception:  # whatever a builder raises must end its row, or the page would say 生成中 for ever
        log.exception("Build %s failed", pk)
        builds.fail(build, WENT_WRONG.format(pk=pk))
    else:
        finish(build, made)


@contextmanager
def _held(build):
    """Renew the claim from a thread while the caller works, so that a long paper is not begun twice."""
    over = threading.Event()

    def renew():
        while not over.wait(builds.LEASE.total_seconds() / 4):
            show_life()
            try:
                if not builds.renew(build):
                    break
            except DatabaseError:
                log.warning("Build %s: lease not renewed", build.pk, exc_info=True)
        connection.close()

    thread = threading.Thread(target=renew, name=f"lease-{build.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@shared_task(name="papers.archive_document")
def archive_document(pk):
    run_work(pk, archiving.work)


@shared_task(name="papers.sweep")
def sweep():
    builds.sweep()


@shared_task(name="papers.heartbeat")
def heartbeat():
    show_life()
