"""How the API describes itself (OpenAPI)."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

# The first part of an address, and the subject under which it stands in the documentation.
SUBJECTS = {
    "units": _("Units and their rights"),
    "items": _("Units and their rights"),
    "publications": _("Publications"),
    "issues": _("Publications"),
    "events": _("Events"),
    "registrations": _("Events"),
    "attendees": _("Events"),
    "award-cycles": _("Awards"),
    "award-applications": _("Awards"),
    "offerings": _("Services"),
    "requests": _("Services"),
    "studies": _("Services"),
}


class Described(AutoSchema):
    """A view set's operations: under their subject, with the parameters they check."""

    def get_tags(self) -> list[str]:
        first = self._tokenize_path()[0]
        return [SUBJECTS.get(first, first)]

    def get_override_parameters(self) -> list:
        query_class = getattr(self.view, "query_class", None)
        query = query_class()() if query_class else None
        return [query] if query and query.fields else []


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "members.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema) -> dict:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": _("“Token”, a space and the key: Token ms_…"),
        }
