"""The addresses of the API, ``/api/v1/``, and how a refusal reads there."""

from django.core.exceptions import ValidationError
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from benefits.refusal import NotEntitled


def refusal(error: Exception, context: dict) -> Response | None:
    """A rule's no as 403 with its reasons, an invalid wish as 400 at its field."""
    if isinstance(error, NotEntitled):
        return Response(error.answer.as_json(), status=status.HTTP_403_FORBIDDEN)
    if isinstance(error, ValidationError):
        said = error.message_dict if hasattr(error, "error_dict") else {"detail": error.messages}
        return Response(said, status=status.HTTP_400_BAD_REQUEST)
    return exception_handler(error, context)
