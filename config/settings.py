"""Settings, from the environment only.

APP_MODE decides the shape: `local` (the default: `./dev run`, SQLite and generated keys under DATA_DIR), `test` (the
default under pytest, with a DATA_DIR of its own) or `production` (set by `./dev serve`: everything must come from the
environment, see docs/deployment.md for the variables).
"""

import atexit
import json
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
# pytest-django 在 conftest 之前就读这里，所以在这里认出它。
APP_MODE = os.environ.get("APP_MODE", "test" if "pytest" in sys.modules else "local")
if APP_MODE not in ("local", "test", "production"):
    raise ImproperlyConfigured("APP_MODE 只能是 local、test 或 production。")
PRODUCTION = APP_MODE == "production"
DEBUG = False
if APP_MODE == "test" and "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="desk-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var")).resolve()


def _secret(name):
    """The secret called `name`: from the environment, or outside production generated once and kept in DATA_DIR."""
    if value := os.environ.get(name):
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"没有设置环境变量 {name}，正式部署不能启动。")
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secrets.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    if name not in kept:
        kept[name] = secrets.token_urlsafe(48) if name == "SECRET_KEY" else secrets.token_hex(32)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
    return kept[name]


def _database():
    """PostgreSQL by DATABASE_URL; else SQLite under DATA_DIR, tuned so that several processes may write."""
    url = os.environ.get("DATABASE_URL", "")
    if PRODUCTION and not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL 没有指向 PostgreSQL，正式部署不能启动。")
    default = f"sqlite:///{DATA_DIR / 'desk.sqlite3'}"
    config = dj_database_url.parse(url or default, conn_max_age=60, conn_health_checks=True)
    if config["ENGINE"].endswith("sqlite3"):
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
    return config


SECRET_KEY = _secret("SECRET_KEY")
if PRODUCTION and (len(SECRET_KEY) < 40 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured("SECRET_KEY 太短或太简单，请换成 50 个以上的随机字符。")
# 公民身份号码的密钥：十六进制 32 字节，可用逗号列出多把（第一把加密，其余只解密，用于轮换）。
ID_KEYS = _secret("ID_KEYS").split(",")
ID_HASH_KEY = _secret("ID_HASH_KEY")
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "" if PRODUCTION else "*").split(",") if h]
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS 要写明域名，正式部署不能启动。")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
PUBLIC_BASE_URL = os.environ.get("PUBLIC_BASE_URL", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "office.audit",
    "office.areas",
    "office.rulebook",
    "office.papers",
    "office.imports",
    "office.drafts",
    "accounts",
    "members",
    "branches",
    "committees",
    "meetings",
    "assessments",
    "desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequired",
    "accounts.middleware.SessionClock",
    "accounts.middleware.PasswordChange",
    "accounts.middleware.SlipDoor",
    "accounts.middleware.PrivatePages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "desk.middleware.MethodNotAllowed",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "desk.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if APP_MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthAndKinds"},
    {"NAME": "accounts.passwords.NotGuessable"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

# 前面有几台自己的反向代理；0 = 直接对外，不看 X-Forwarded-For。
PROXY_COUNT = int(os.environ.get("PROXY_COUNT", "0"))
# 同一账号在同一地址连续输错 5 次，锁 15 分钟；只按账号或只按地址锁会误伤整个办公室。
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "accounts.locks.axes_address"
AXES_LOCKOUT_CALLABLE = "accounts.locks.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # 锁定期间再试不延长，页面上说的时刻才作数
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # 登录由操作记录留痕，不另存一份
AXES_VERBOSE = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 60  # 空闲 30 分钟自动退出
SESSION_ABSOLUTE_AGE = 12 * 3600  # 一次登录最长 12 小时
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION and os.environ.get("SSL_REDIRECT", "1") == "1"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LOCALE_PATHS = [BASE_DIR / "locale"]  # 只改框架自己的几句报错
TIME_ZONE = CELERY_TIMEZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = APP_MODE == "test"  # 测试里每个客户端各起一套中间件：不必每次清点静态文件
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("ttf", "otf", "woff2", "png", "jpg", "gz", "br", "zip")

# 测试进程不碰消息通道：没有人在听的地址，正好当作“通道不在”。
REDIS_URL = os.environ.get("REDIS_URL", "") if APP_MODE != "test" else ""
if PRODUCTION and not REDIS_URL:
    raise ImproperlyConfigured("没有设置环境变量 REDIS_URL，正式部署不能启动。")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO" if PRODUCTION else "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
