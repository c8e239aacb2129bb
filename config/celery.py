"""The workers: one broker, no result backend (the Build row is the job), a schedule that is code.

A pool process is the limited one: memory, time, number of tasks. What it leaves in its own temp folder is removed when
the worker starts.
"""

import os
import shutil
import tempfile

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init, worker_process_init
from django.conf import settings

from office.papers.pdf import limit_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

MEMORY_LIMIT = 1024**3  # bytes of address space; one paper needs about a third of it
TIME_LIMIT = 150  # seconds

app = Celery("config")


def configuration():
    """Asked for when it is first needed, so that another settings module may build on config.settings."""
    return {
        "broker_url": settings.REDIS_URL or f"redis+socket://{settings.DATA_DIR}/broker.sock",
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            # 数据库里的行才是任务，消息丢了由巡查补发；下面几项只让消息通道自己也尽快恢复。
            "visibility_timeout": 2 * TIME_LIMIT,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 5,
        },
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": TIME_LIMIT,
        "task_soft_time_limit": TIME_LIMIT - 30,
        "worker_concurrency": 2,
        # 空出一个进程才取一条消息。按条数限量（prefetch）的话，通道重启时没能确认的消息会一直占着名额，
        # 后台进程从此取不到新的（实测：两条就卡死）。
        "worker_disable_prefetch": True,
        "worker_prefetch_multiplier": 0,
        "worker_max_tasks_per_child": 200,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": 10,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "timezone": settings.TIME_ZONE,
        "beat_scheduler": "celery.beat:Scheduler",  # the schedule below is all there is: nothing to keep in a file
        "beat_schedule": {
            "sweep": {"task": "papers.sweep", "schedule": 10, "options": {"expires": 10}},
            "roll": {"task": "members.roll", "schedule": crontab(minute=5)},  # 每小时一次：夜里关机的机器也不会漏
            "imports": {"task": "imports.roll", "schedule": crontab(minute=35)},
            "old_drafts": {"task": "drafts.forget_old", "schedule": crontab(minute=20)},
            "heartbeat": {"task": "papers.heartbeat", "schedule": 15, "options": {"expires": 30}},
        },
    }


app.add_defaults(configuration)
app.autodiscover_tasks()


@worker_init.connect
def own_temp_folder(**_):
    """Killed processes leave WeasyPrint's folders (19 MB each) behind; keep them in one place and clean it."""
    folder = settings.DATA_DIR / "tmp"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tempfile.tempdir = str(folder)


@worker_process_init.connect
def limit_memory(**_):
    limit_process(MEMORY_LIMIT)
