"""Whether the machine works, for the people who keep it running. Says nothing of the people in it."""

import logging
import os
import shutil
import tempfile

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from accounts.permissions import open_to_all
from office.papers import builds, fonts, tasks

log = logging.getLogger(__name__)

FREE_MIN = 200 * 1024**2  # bytes; below this the next backup or batch may not fit


@open_to_all
@require_safe
@never_cache
def healthz(request):
    """200 when every part works, else 503; the body names the parts, each "ok" or what is wrong with it."""
    parts = {
        "database": _database(),
        "broker": _broker(),
        "worker": _worker(),
        "papers": "；".join(fonts.check()),
        "disk": _disk(),
    }
    well = not any(parts.values())
    body = {"status": "ok" if well else "degraded", **{name: said or "ok" for name, said in parts.items()}}
    return JsonResponse(body, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("Database not reached")
        return "连不上数据库"
    return ""


def _broker():
    limits = {"socket_timeout": builds.BROKER_TIMEOUT, "socket_connect_timeout": builds.BROKER_TIMEOUT}
    try:
        with current_app.connection_for_write(transport_options=limits) as broker:
            broker.ensure_connection(max_retries=0, timeout=builds.BROKER_TIMEOUT)
    except (OperationalError, OSError):
        log.exception("Broker not reached")
        return "连不上消息通道"
    return ""


def _worker():
    age = tasks.silence()
    if age is None:
        return "后台进程还没有动静"
    return "" if age <= tasks.SILENT_AFTER else f"后台进程 {age:.0f} 秒没有动静"


def _disk():
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
            file.write(b"0")
            os.fsync(file.fileno())
    except OSError:
        log.exception("Disk not writable")
        return "数据目录不可写"
    return "" if shutil.disk_usage(settings.DATA_DIR).free >= FREE_MIN else "数据目录所在磁盘快满了"
