"""The Celery application. Messages carry ids and mean "wake up"; the work itself is rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("member_services")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
