"""Every error as `application/problem+json` (RFC 9457): refusals of the domain, of pricing, and of the framework.

Members: `type, title, status, detail, code, errors`, and what a program may need beside them (`changed`,
`obstacles`, `current_version`, ...). `errors` is a list of `{pointer, code, detail}`; a pointer (RFC 6901) leads
into the body that was sent. `docs/api.md` lists the codes.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from proposals.actions.values import shown
from proposals.exceptions import FieldProblem, Refusal
from proposals.pricing import PricingError
from proposals.views.errors import problem

MEDIA_TYPE: Final = "application/problem+json"

CODES: Final = {
    "not_authenticated": "sign_in_required",
    "authentication_failed": "bad_token",
    "permission_denied": "not_allowed",
    "parse_error": "bad_request",
    "throttled": "too_many_requests",
}
"""The framework's codes that have another name here."""

FRAMEWORK_WORDS: Final[dict[type[exceptions.APIException], str]] = {
    exceptions.ParseError: "The request can’t be understood. Nothing was changed.",
    exceptions.AuthenticationFailed: "Who calls can’t be told from what was sent. Nothing was changed.",
    exceptions.NotAuthenticated: "Send a token as “Authorization: Bearer same_…”, or sign in. Nothing was changed.",
    exceptions.PermissionDenied: "This is not yours to do. Nothing was changed.",
    exceptions.NotFound: "There is nothing here for you at this address.",
    exceptions.NotAcceptable: "Ask for “Accept: application/json”. Nothing was changed.",
    exceptions.Throttled: "Too many requests. Wait a little, then go on. Nothing was changed.",
}
"""What stands in the place of the framework's sentences, where nobody said more."""

MOST_NAMED: Final = 5
"""How many wrong values a sentence names; all of them stand in `errors`."""

FIELD_CODES: Final = {
    "blank": "required",
    "null": "required",
    "max_length": "too_long",
    "invalid_choice": "unknown_value",
    "not_a_dict": "not_an_object",
    "min_value": "out_of_limits",
    "max_value": "out_of_limits",
    "null_characters_not_allowed": "bad_text",
    "surrogate_characters_not_allowed": "bad_text",
}
"""The serializers' codes that have another name here."""


class Unreadable(Refusal):
    """A request that can't be understood as HTTP or JSON."""

    status = 400
    code = "bad_request"


class TooLarge(Refusal):
    """A body larger than what is taken."""

    status = 413
    code = "too_large"


class LengthRequired(Refusal):
    """A body sent in chunks, without its length."""

    status = 411
    code = "length_required"


class TooManyRequests(Refusal):
    """A limit was reached; `extra["retry_after_seconds"]` says how long to wait."""

    status = 429
    code = "too_many_requests"


class UnknownFunction(Refusal):
    """A calculation that does not exist."""

    status = 404
    code = "unknown_function"


class UnknownBillingModel(Refusal):
    """A billing model that does not exist."""

    status = 404
    code = "unknown_model"


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: the problem for an error, None for a fault of ours, which becomes a 500."""
    refusal = _refusal(error, context)
    if refusal is None:
        return None
    response = Response(problem(refusal), status=refusal.status, content_type=MEDIA_TYPE)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = getattr(error, "auth_header", 'Bearer realm="Sameside"')
    if "retry_after_seconds" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after_seconds"])
    return response


def _refusal(error: Exception, context: Mapping[str, Any]) -> Refusal | None:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, PricingError):
        return _pricing_refusal(error)
    if isinstance(error, RequestDataTooBig):
        most = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024} MB"
        return TooLarge(
            f"The body is larger than the {most} that are taken here. Send less at once. Nothing was changed."
        )
    if isinstance(error, SuspiciousOperation):
        return Unreadable("The request can’t be understood.")
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    return _framework_refusal(error, context) if isinstance(error, exceptions.APIException) else None


def _framework_refusal(error: exceptions.APIException, context: Mapping[str, Any]) -> Refusal:
    code = str(error.get_codes())
    refusal = Refusal(_framework_words(error, context), code=CODES.get(code, code))
    refusal.status = error.status_code
    return refusal


def _framework_words(error: exceptions.APIException, context: Mapping[str, Any]) -> str:
    """What the framework refuses, in words that also say what to send instead."""
    request = context.get("request")
    if request is not None and isinstance(error, exceptions.UnsupportedMediaType):
        taken = " or ".join(parser.media_type for parser in request.parsers)
        sent = f"not “{shown(request.content_type)}”" if request.content_type else "none was sent"
        return f"Send the body as “Content-Type: {taken}”; {sent}. Nothing was changed."
    if request is not None and isinstance(error, exceptions.MethodNotAllowed):
        taken = ", ".join(method for method in context["view"].allowed_methods if method != "OPTIONS")
        return f"{shown(str(request.method))} can’t be done at this address; it takes {taken}. Nothing was changed."
    if isinstance(error, exceptions.ParseError) and str(error.detail).startswith("Multipart form parse error"):
        return "The form can’t be read: send it as multipart/form-data, with its boundary. Nothing was changed."
    is_bare = error.detail == error.default_detail
    return FRAMEWORK_WORDS.get(type(error), str(error.detail)) if is_bare else str(error.detail)


def _pricing_refusal(error: PricingError) -> Refusal:
    field = (error.field or "").replace(".", "/")
    return Refusal(
        error.detail,
        code=error.code,
        errors=[FieldProblem(f"lines/{error.line}/{field}" if error.line else field, error.code, error.detail)],
        extra={"line": error.line, "section": error.section, "field": error.field, "base": error.base},
    )


def _invalid(error: exceptions.ValidationError) -> Refusal:
    errors = list(_field_problems(error.detail, ""))
    first = errors[0]
    if len(errors) == 1:
        return Refusal(f"{first.detail} Nothing was changed.", code=first.code, errors=errors)
    which = ", ".join(f"“/{shown(each.pointer)}”" for each in errors[:MOST_NAMED])
    more = f" and {len(errors) - MOST_NAMED} more" if len(errors) > MOST_NAMED else ""
    return Refusal(
        f"{len(errors)} values can’t be taken: {which}{more}. Nothing was changed; “errors” says why of each.",
        code="invalid",
        errors=errors,
    )


def _field_problems(detail: Any, pointer: str) -> Iterator[FieldProblem]:
    """The leaves of DRF's nested error detail, each with the pointer to its value."""
    if isinstance(detail, dict):
        for name, within in detail.items():
            yield from _field_problems(within, pointer if name == "non_field_errors" else _join(pointer, str(name)))
    elif isinstance(detail, list):
        for index, within in enumerate(detail):
            leaf = isinstance(within, str)
            yield from _field_problems(within, pointer if leaf else _join(pointer, str(index)))
    else:
        code = str(getattr(detail, "code", "invalid"))
        yield FieldProblem(pointer, FIELD_CODES.get(code, code), str(detail))


def _join(pointer: str, name: str) -> str:
    escaped = name.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{escaped}" if pointer else escaped
