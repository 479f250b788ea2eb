"""The addresses of the API, ``/api/v1/``, and how a refusal reads there."""

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.urls import path, re_path
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView, exception_handler

from awards.api import AwardApplications, AwardCycles
from benefits.api import Items
from benefits.refusal import NotEntitled
from config.api_docs import Docs, Schema
from config.middleware import because
from events.api import Attendees, Events, Registrations
from members.api_dues import Notices
from publications.api import Articles, Issues, Publications
from reports.api import Units
from services.api import Offerings, Requests, Studies

app_name = "api"

# Every collection: its address, and the view set that answers there.
ROUTES = [
    ("units", Units),
    ("items", Items),
    ("notices", Notices),
    ("publications", Publications),
    ("issues", Issues),
    ("articles", Articles),
    ("events", Events),
    ("registrations", Registrations),
    ("attendees", Attendees),
    ("offerings", Offerings),
    ("requests", Requests),
    ("studies", Studies),
    ("award-cycles", AwardCycles),
    ("award-applications", AwardApplications),
]


class NoSuchAddress(APIView):
    """Anything else below ``/api/v1/``: a machine reads JSON, not a page."""

    authentication_classes = []
    permission_classes = []
    schema = None

    def initial(self, request, *args, **kwargs):
        raise NotFound(
            _("There is no such address. Addresses end in “/”; all of them are in /api/v1/docs/.")
        )


def refusal(error: Exception, context: dict) -> Response | None:
    """Every no in one shape: lists of sentences, under ``detail`` or under the field's name.

    A rule's no is 403 with its reasons, an invalid wish 400 at its field, 409 what the database
    refuses because another request was faster.
    """
    if isinstance(error, NotEntitled):
        said = {"detail": error.messages} | error.answer.as_json()
        return Response(said, status=status.HTTP_403_FORBIDDEN)
    if isinstance(error, ValidationError):
        return Response(invalid(error), status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, DataError):
        said = _("A value is too large, or has a character that cannot be stored.")
        return Response({"detail": [said]}, status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, IntegrityError):
        said = because(error) or _("Somebody else was faster. Look again and repeat the request.")
        return Response({"detail": [said]}, status=status.HTTP_409_CONFLICT)
    response = exception_handler(error, context)
    if response is not None:
        response.data = in_lists(response.data)
    return response


def invalid(error: ValidationError) -> dict[str, list[str]]:
    """Django's error as the REST framework's own would read."""
    if not hasattr(error, "error_dict"):
        return {"detail": error.messages}
    return {name.replace("__all__", "detail"): said for name, said in error.message_dict.items()}


def in_lists(data) -> dict:
    if isinstance(data, list):
        return {"detail": data}
    return {name: [said] if isinstance(said, str) else said for name, said in data.items()}


def router() -> SimpleRouter:
    made = SimpleRouter(use_regex_path=False)
    for name, view_set in ROUTES:
        made.register(name, view_set, basename=name)
    return made


urlpatterns = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    *router().urls,
    re_path("", NoSuchAddress.as_view(), name="nothing"),
]
