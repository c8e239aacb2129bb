"""The web processes, for ./dev run and ./dev serve alike."""

import gc
import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
worker_class = "gthread"
threads = 4
timeout = 60  # seconds a process may be silent before it is replaced
graceful_timeout = 20
keepalive = 5
max_requests, max_requests_jitter = 5000, 500
control_socket_disable = True  # ./dev is the one who starts and stops it
# 默认不写访问日志：路径里有编号，谁看了什么由操作记录管。
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_worker_init(worker):
    """What every page needs is loaded by now and stays: no collection need look through it again."""
    gc.collect()
    gc.freeze()
