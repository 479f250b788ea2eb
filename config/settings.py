"""Settings, from environment variables alone. README.md lists the variables with examples.

The defaults are those of production; ``LOCAL=1`` (set by ``make run``) relaxes what needs HTTPS.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from pghistory import ContextJSONField
from pgtrigger import Statement

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where and how it runs -------------------------------------------------------------------

LOCAL = env.bool("LOCAL", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname])
if LOCAL:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]

INSTALLED_APPS = [
    "demo",
    "portal",
    "reports",
    "publications",
    "events",
    "awards",
    "services",
    "cases",
    "news",
    "benefits",
    "members",
    "letters",
    "files",
    "accounts",
    # Before the admin: its templates take the place of the admin's.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "config.apps.MemberServicesAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_celery_beat",
    "heroicons",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.pages_are_got_and_posted_to",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.RefusalsOfTheDatabase",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- PostgreSQL, the truth -------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What is recorded stays: who did it and why stand beside each change (members/record.py).
PGHISTORY_LEVEL = Statement  # a bulk insert is recorded by one statement more
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = ContextJSONField()
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# --- The broker, a hint ----------------------------------------------------------------------

CELERY_BROKER_URL = env("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 5}
# A door that cannot reach the broker must not keep a person waiting: the sweeper will find the row.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "match lines of bank statements": {
        "task": "members.tasks.match_lines",
        "schedule": crontab(),
    },
    "release due issues": {
        "task": "publications.tasks.release_due",
        "schedule": crontab(),
    },
    "pick up due deliveries": {
        "task": "publications.tasks.sweep",
        "schedule": 30.0,
    },
    "remind of dues": {
        "task": "members.tasks.send_reminders",
        "schedule": crontab(minute=30, hour="8-18"),
    },
    "end the access of leavers": {
        "task": "members.tasks.end_access_of_leavers",
        "schedule": crontab(minute=5),
    },
    "forget drafts of applications": {
        "task": "members.tasks.forget_drafts",
        "schedule": crontab(hour=3, minute=20),
    },
    "repair addresses": {
        "task": "publications.tasks.repair_addresses",
        "schedule": crontab(hour=8, minute=40),
    },
    "forget previews": {
        "task": "publications.tasks.forget_previews",
        "schedule": crontab(hour=3, minute=40),
    },
    "pick up sheets": {
        "task": "members.tasks.pick_up_sheets",
        "schedule": crontab(),
    },
    "send due letters": {
        "task": "letters.tasks.send_due",
        "schedule": crontab(),
    },
}

# --- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if LOCAL else "https"
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("landing")
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL

# --- Words and time --------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Mail ------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25"))
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=20)
# Seconds that a message waits before each further try; after the last one it has failed.
DELIVERY_RETRY_DELAYS = env.list(
    "DELIVERY_RETRY_DELAYS", cast=float, default=[60, 300, 900, 3600, 14_400, 43_200]
)
ASSOCIATION_NAME = env("ASSOCIATION_NAME", default="中国矿业联合会")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{ASSOCIATION_NAME} <service@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / ".run" / "static")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / ".run" / "media")
STORAGES = {
    # Uploaded files have no public URL: every download passes a view that asks the rule.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Safety ----------------------------------------------------------------------------------

CSRF_TRUSTED_ORIGINS = [SITE_URL]
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT = not LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "style-src": [SELF, UNSAFE_INLINE],
        # The admin allows itself more: see config/admin.py.
        "script-src": [SELF],
    }
}

# --- Machines --------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["members.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["members.api.ByToken"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "members.api.OneFormat",
    "DEFAULT_PAGINATION_CLASS": "members.api.Pages",
    "DEFAULT_THROTTLE_CLASSES": ["members.api.PerToken"],
    "DEFAULT_THROTTLE_RATES": {"token": "120/min"},
    "DEFAULT_SCHEMA_CLASS": "config.openapi.Described",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.refusal",
    "NON_FIELD_ERRORS_KEY": "detail",
}
SPECTACULAR_SETTINGS = {
    "TITLE": _("Member Services"),
    "DESCRIPTION": _(
        "A unit's token is made in the portal (Our unit, Access for programs), a staff token in "
        "the admin. Send it with each request: “Authorization: Token ms_…”. Days are written "
        "2026-03-13, amounts in yuan with two decimals. The language of names of states and of "
        "reasons follows the header Accept-Language: zh-hans or en."
    ),
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.with_refusals",
    ],
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,  # they are for programmers, in English
    # The page's scripts and styles come from a package, not from another site.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    # The description holds no data: anyone may read it.
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    # Fields of one name with different choices: `manage.py spectacular` says which one is missing.
    "ENUM_NAME_OVERRIDES": {
        "UnitKind": "members.models.MemberUnit.Kind",
        "QuestionKind": "cases.questions.Kind",
        "AttendeeState": "events.models.Attendee.State",
        "RightBasis": "benefits.basis.Basis",
        "StandingBasis": "members.standing.Basis",
        "RequestState": "services.models.ServiceRequest.State",
        "ApplicationState": "awards.models.AwardApplication.State",
    },
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "validatorUrl": None,  # another site's
        "defaultModelsExpandDepth": 0,
    },
}

# --- What goes wrong is said on standard error -----------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}

# --- The admin's look ------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": _("Member Services"),
    "SITE_HEADER": _("Member Services"),
    "SITE_ICON": lambda request: static("portal/mark.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("portal/mark.svg"),
        }
    ],
    "SHOW_LANGUAGES": True,
    "STYLES": [lambda request: static("config/admin.css")],
    "DASHBOARD_CALLBACK": "config.today.today",
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "config.sidebar.sidebar",
    },
    "COLORS": {
        # Malachite, as in the portal.
        "primary": {
            "50": "240 250 247",
            "100": "215 242 234",
            "200": "174 228 213",
            "300": "121 207 186",
            "400": "70 178 154",
            "500": "38 145 122",
            "600": "14 94 79",
            "700": "12 82 69",
            "800": "11 66 56",
            "900": "9 54 47",
            "950": "4 32 28",
        },
    },
}
