"""The OpenAPI description, and a page to read it."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.fields import Strict, Word


class SchemaQuerySerializer(Strict):
    """How the description is written."""

    format = Word(choices=["json", "yaml"], default="json")


class Schema(Endpoint):
    """OpenAPI 3.1 of everything here."""

    public = True
    query = SchemaQuerySerializer
    schema = None
    renderer_classes = (OpenApiJsonRenderer, OpenApiYamlRenderer)

    def get(self, request: Request) -> Response:
        """JSON, or YAML with `?format=yaml`."""
        if self.asked["format"] == "yaml":
            request.accepted_renderer = OpenApiYamlRenderer()
            request.accepted_media_type = OpenApiYamlRenderer.media_type
        return Response(description(), headers={"Cache-Control": "public, max-age=300"})


@cache
def description() -> dict[str, Any]:
    """The description; made once per process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The description as a page to read and try."""
    return render(request, "api/description.html", {})
