"""The product's settings, and what only the bench needs: databases of its own, Django's admin, the URLs of the peers."""

from config import settings as product
from config.settings import *  # noqa: F403

APP_MODE = "bench"  # 不是本机试用：页面上没有试用条，与正式部署一样
ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = [*product.INSTALLED_APPS, "django.contrib.admin"]


def _of_scale(scale):
    """The database of one scale: a file in DATA_DIR/bench, or on PostgreSQL the named database with the scale added."""
    given = product.DATABASES["default"]
    if given["ENGINE"].endswith("sqlite3"):
        name = product.DATA_DIR / "bench" / f"{scale}.sqlite3"
        name.parent.mkdir(parents=True, exist_ok=True)
    else:
        name = f"{given['NAME']}_{scale}"
    return given | {"NAME": name, "CONN_MAX_AGE": None}


_SCALES = {scale: _of_scale(scale) for scale in ("town", "county")}
DATABASES = {"default": _SCALES["town"], **_SCALES}
