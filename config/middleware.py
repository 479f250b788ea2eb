"""What holds for every page."""

from django.apps import apps
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
API = "/api/"  # answers for its methods itself


def pages_are_got_and_posted_to(get_response):
    """Refuse other methods, which Django's and packages' form views would take for a POST."""

    def answer(request):
        if request.method not in METHODS and not request.path.startswith(API):
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return answer


class RefusalsOfTheDatabase(MiddlewareMixin):
    """Two people saved at once: the form was right, and the database refused the second.

    The constraint's own message says why. Nothing of the second is saved; going back keeps it.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, IntegrityError):
            return None
        return render(request, "409.html", {"because": because(exception)}, status=409)


def because(error: IntegrityError) -> str:
    """The words of the constraint that was violated; empty where it has none of its own."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                words = constraint.violation_error_message
                return "" if words == constraint.default_violation_error_message else str(words)
    return ""
