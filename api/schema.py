"""The OpenAPI description: what every operation has in common is added here, the rest stands at its method."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, Final, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.serializers import Serializer

from api.describing import add_examples, add_headers, describe_address, header_components
from api.endpoint import Endpoint
from api.fields import Shown
from api.problems import MEDIA_TYPE
from api.serializers.records import ProblemSerializer
from api.webhooks_described import add_webhooks

Method = TypeVar("Method", bound=Callable[..., Any])

UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BODIED: Final = frozenset({"POST", "PUT", "PATCH"})

PROBLEMS: Final[Mapping[int, tuple[str, str, str]]] = {
    400: (
        "BadRequest",
        "bad_json",
        "The body is not JSON in UTF-8: Expecting value: line 1 column 1 (char 0). Nothing was changed.",
    ),
    401: ("SignInRequired", "bad_token", "This token is unknown, revoked or has expired."),
    403: ("Forbidden", "missing_scope", "This token may not change prices: it lacks the scope “pricing:write”."),
    404: ("NotFound", "not_found", "There is nothing here for you at this address."),
    409: ("Conflict", "wrong_state", "This proposal is locked for signing; nobody may change prices now."),
    411: ("LengthRequired", "length_required", "Send the body whole, with its Content-Length."),
    412: ("Stale", "stale", "This line was changed meanwhile (it is at version 4, you saw 3). Nothing was changed."),
    413: (
        "TooLarge",
        "too_large",
        "The body is larger than the 2 MB that are taken here. Send less at once. Nothing was changed.",
    ),
    415: ("UnsupportedMediaType", "unsupported_media_type", "Unsupported media type “text/plain” in request."),
    422: ("Invalid", "bad_number", "“1.2.3” is not a number that can be used here. Nothing was changed."),
    429: ("TooManyRequests", "too_many_requests", "Too many requests. Wait 12 seconds, then go on."),
}
"""Status -> name of the component, an example's code and its sentence."""

IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A text of your own, 200 characters at most. Sent again within 24 hours with the same request, it has "
    "no second effect and gets the same answer, with `Idempotency-Replayed: true`.",
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` that was seen. Refused with 412 if it is not the current one.",
)


def described(
    operation_id: str,
    summary: str,
    *,
    request: Any = None,
    answer: Any = None,
    status: int = 200,
    once: bool = False,
    versioned: bool = False,
    also: Collection[int] = (),
    examples: Sequence[OpenApiExample] = (),
) -> Callable[[Method], Method]:
    """Describe a method.

    `once`: it takes `Idempotency-Key`; `versioned`: `ETag` or, when it changes, `If-Match`; `also`: statuses
    that it may fail with beside those that all of its kind have.
    """

    def describe(method: Method) -> Method:
        method.traits = {"once": once, "versioned": versioned, "also": also}  # type: ignore[attr-defined]
        return extend_schema(
            operation_id=operation_id,
            summary=summary,
            request=request,
            responses=answer if isinstance(answer, dict) else {status: answer},
            examples=list(examples),
        )(method)

    return describe


@cache
@cache
def page_of(serializer: type[Serializer[Any]]) -> type[Serializer[Any]]:
    """The serializer of a page of these."""
    noun = serializer.__name__.removesuffix("Serializer")
    fields = {
        "__doc__": f"A page of a list: {noun}.",
        "results": serializer(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    return type(f"{noun}PageSerializer", (Shown,), fields)


class Operation(AutoSchema):
    """An operation with what all have in common: headers, query, and how it may fail."""

    view: Endpoint  # type: ignore[override]

    def get_tags(self) -> list[str]:
        """The heading it stands under."""
        return [self.view.tag]

    def get_auth(self) -> list[dict[str, Any]]:
        """Nothing for public addresses."""
        auth: list[dict[str, Any]] = [] if self.view.public else super().get_auth()
        return auth

    def get_override_parameters(self) -> list[Any]:
        """The view's query and the common headers."""
        query = self.view.query_of(self.method)
        parameters: list[Any] = [query] if query and query().fields else []
        if self._traits["once"]:
            parameters.append(IDEMPOTENCY_KEY)
        if self._traits["versioned"] and self.method in UNSAFE:
            parameters.append(IF_MATCH)
        return parameters

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation, with the problems it may end in."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            self.resolve_serializer(ProblemSerializer, "response")
            for status in sorted(self._failures()):
                name = PROBLEMS[status][0]
                operation["responses"][str(status)] = {"$ref": f"#/components/responses/{name}"}
            self._finish_answers(operation["responses"])
            add_examples(operation)
            describe_address(operation)
        return operation

    @property
    def _traits(self) -> dict[str, Any]:
        traits: dict[str, Any] = getattr(self.view, self.method.lower()).traits
        return traits

    def _failures(self) -> set[int]:
        statuses = {401, 403, 422, 429, *self._traits["also"]}
        if "{" in self.path:
            statuses.add(404)
        if self.method in UNSAFE and not self.view.public:
            statuses.add(409)
        if self.method in BODIED:
            statuses |= {400, 411, 413, 415}
        if self._traits["versioned"] and self.method in UNSAFE:
            statuses |= {400, 412}
        return statuses

    def _finish_answers(self, responses: dict[str, Any]) -> None:
        names = ["RateLimit", "RateLimit-Policy"]
        if self._traits["versioned"] and self.method != "DELETE":
            names.insert(0, "ETag")
        if self._traits["once"]:
            names.append("Idempotency-Replayed")
        for status, response in responses.items():
            if status.startswith("2"):
                response["description"] = response["description"] or HTTPStatus(int(status)).phrase
                is_file = not {"application/json"}.issuperset(response.get("content", {}))
                add_headers(response, *names, *(["Content-Disposition"] if is_file else []))


TAGS: Final[Mapping[str, str]] = {
    "me": "Who calls",
    "firms": "What a firm keeps for its proposals",
    "proposals": "Proposals and the steps of their life",
    "relationships": "Whom a firm sells to, and what became of it",
    "people": "Who takes part, and who signs",
    "sections": "Sections with their text",
    "lines": "Lines of a price section",
    "pricing": "Settings, taxes, rates, discounts, choices, and the result",
    "counter-offers": "Values that the other side may change: proposing one, accepting, answering, declining",
    "questions": "Questions between the parties",
    "disclosures": "Open books: how prices are made, with context, and what the client asks to see",
    "agreement": "Who agrees to what as it stands",
    "history": "The text at any moment, who wrote which words, what changed, named versions",
    "documents": "Files, revisions, the audit trail, verification",
    "room": "Passes into the live room",
    "webhooks": "Being told of what happens: endpoints, deliveries, sending again",
    "calculations": "The pricing core without a proposal",
    "billing models": "Ways to pay: formula, incentives, risks, what to ask",
}
"""The headings, in the order of the page, with what stands under them."""


def only_the_api(endpoints: list[tuple[Any, ...]], **_: Any) -> list[tuple[Any, ...]]:
    """drf-spectacular's hook at the start: the addresses that have a place in the description."""
    return [endpoint for endpoint in endpoints if getattr(endpoint[3].cls, "tag", "")]


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook at the end: the problems as responses to refer to, and the headings."""
    responses = {}
    for status, (name, code, detail) in PROBLEMS.items():
        example = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "code": code,
            "errors": [],
        }
        responses[name] = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
        }
        if status == 429:
            responses[name]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
        if status == 401:
            responses[name]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    result["components"]["responses"] = responses
    result["components"]["headers"] = header_components()
    result["tags"] = [{"name": name, "description": about} for name, about in TAGS.items()]
    _drop_marks(result)
    add_webhooks(result)
    return result


def _drop_marks(described: Any) -> None:
    """Take out what drf-spectacular writes for its own later use."""
    if isinstance(described, dict):
        described.pop("x-spec-enum-id", None)
    for within in described.values() if isinstance(described, dict) else described:
        if isinstance(within, dict | list):
            _drop_marks(within)


class StrictExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Input that refuses unknown fields says so."""

    target_class = "api.fields.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """The usual object, closed."""
        mapped: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # type: ignore[no-untyped-call]
        return {**mapped, "additionalProperties": False}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token in the header."""

    target_class = "api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """HTTP bearer."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal or service token, made on the page of your firm. Scopes: proposals:read, "
            "proposals:write, pricing:write, documents:read, webhooks:manage.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of a browser."""

    target_class = "api.authentication.BrowserSession"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The session's cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser; changes also need the header X-CSRFToken.",
        }
