"""The product's addresses, and bare views that answer the same JSON from memory."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@cache
def remembered(name: str) -> Any:
    """What the product answered, as `bench api` wrote it down."""
    return json.loads((Path(settings.DATA_DIR) / f"bare-{name}.json").read_text())


class Bare(APIView):
    """Django REST framework and nothing else: nobody is asked for, nothing is read, nothing is counted."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request, name: str) -> Response:
        """The remembered answer."""
        return Response(remembered(name))

    def post(self, request: Request, name: str) -> Response:
        """The same, after the body was parsed."""
        _ = request.data
        return Response(remembered(name))

    patch = post


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Tell how many queries an answer took, if `X-Count` asks for it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "X-Count" not in request.headers:
            return get_response(request)
        seen: list[str] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            response = get_response(request)
        response["X-Queries"] = str(len(seen))
        return response

    return middleware


urlpatterns = [path("bare/<str:name>/", Bare.as_view()), path("", include("config.urls"))]
