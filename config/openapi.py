"""How the API describes itself (OpenAPI)."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

# The first part of an address, and the subject under which it stands in the documentation.
SUBJECTS = {
    "units": _("Units and their rights"),
    "items": _("Units and their rights"),
    "notices": _("Dues"),
    "publications": _("Publications"),
    "issues": _("Publications"),
    "articles": _("Publications"),
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


# --- What can go wrong, the same everywhere -----------------------------------------------------

REFUSALS = {
    "400": _("A parameter or a field is not right; its name says which."),
    "401": _("No token, or one that is not valid."),
    "403": _("The token may not do this, or the unit has no right to it; the reasons are given."),
    "404": _("There is no such thing, or it is not the unit's."),
    "409": _("Another request was faster. Look again before you repeat it."),
    "429": _("Too many requests; the header Retry-After says after how many seconds to go on."),
}
WRITING_ONLY = {"409"}


def with_refusals(result: dict, generator, request, public) -> dict:
    """Add to every operation how its refusals read (`config.api.refusal`)."""
    sentences = {"type": "array", "items": {"type": "string"}}
    result["components"]["schemas"]["Refusal"] = {
        "type": "object",
        "properties": {"detail": sentences},
        "additionalProperties": {},
    }
    for path in result["paths"].values():
        for method, operation in path.items():
            for code, words in REFUSALS.items():
                if code not in WRITING_ONLY or method != "get":
                    operation["responses"].setdefault(code, refused(words))
    return result


def refused(words) -> dict:
    schema = {"$ref": "#/components/schemas/Refusal"}
    return {"description": str(words), "content": {"application/json": {"schema": schema}}}
