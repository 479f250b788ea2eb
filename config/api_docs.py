"""The API's description, and the page on which people read it."""

from functools import lru_cache

from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.response import Response


class Schema(SpectacularJSONAPIView):
    """For everybody, signed in or not: it holds no data. Made once for each language."""

    def _get_schema_response(self, request) -> Response:
        return Response(described(get_language()))


@lru_cache
def described(language: str) -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI, its scripts and styles from our own static files."""

    url_name = "api:schema"
