"""Every error as `application/problem+json` (RFC 9457): refusals of the domain, of pricing, and of the framework.

Members: `type, title, status, detail, code, errors`, and what a program may need beside them (`changed`,
`obstacles`, `current_version`, ...). `errors` is a list of `{pointer, code, detail}`; a pointer (RFC 6901) leads
into the body that was sent. `docs/api.md` lists the codes.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

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

FIELD_CODES: Final = {
    "blank": "required",
    "null": "required",
    "max_length": "too_long",
    "invalid_choice": "unknown_value",
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
    refusal = _refusal(error)
    if refusal is None:
        return None
    response = Response(problem(refusal), status=refusal.status, content_type=MEDIA_TYPE)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = getattr(error, "auth_header", 'Bearer realm="Sameside"')
    if "retry_after_seconds" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after_seconds"])
    return response


def _refusal(error: Exception) -> Refusal | None:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, PricingError):
        return _pricing_refusal(error)
    if isinstance(error, RequestDataTooBig):
        return TooLarge("The body is larger than what is taken here. Nothing was changed.")
    if isinstance(error, SuspiciousOperation):
        return Unreadable("The request can’t be understood.")
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    return _framework_refusal(error) if isinstance(error, exceptions.APIException) else None


def _framework_refusal(error: exceptions.APIException) -> Refusal:
    code = str(error.get_codes())
    refusal = Refusal(str(error.detail), code=CODES.get(code, code))
    refusal.status = error.status_code
    return refusal


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
    code = first.code if len(errors) == 1 else "invalid"
    return Refusal(f"{first.detail} Nothing was changed.", code=code, errors=errors)


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
