"""What can be refused, and why. One class per kind; each face (page, API, socket) maps them once.

Every refusal carries a stable `code`, a sentence for people, and what a program may need beside it. It says
what is wrong, that nothing was lost or changed, and what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldProblem:
    """One wrong value: where it stands (JSON pointer without the leading slash), its code and a sentence."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """Something was asked that can't be done. Nothing has changed."""

    status = 422
    code = "refused"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Sequence[FieldProblem] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = tuple(errors)
        self.extra = extra or {}


class NotFound(Refusal):
    """Unknown, or not for this person: the two are not told apart."""

    status = 404
    code = "not_found"

    def __init__(self, detail: str = "There is nothing here for you at this address.") -> None:
        super().__init__(detail)


class SignInRequired(Refusal):
    """Nobody is signed in."""

    status = 401
    code = "sign_in_required"


class ConfirmFirst(Refusal):
    """The person came by a link and has not confirmed the address by the mailed code yet."""

    status = 401
    code = "confirm_required"


class NotAllowed(Refusal):
    """The person takes part but may not do this."""

    status = 403
    code = "not_allowed"


class WrongState(Refusal):
    """The proposal is not in a state in which this can be done."""

    status = 409
    code = "wrong_state"


class ChangedSince(Refusal):
    """What the person saw is not what stands there now; `extra["changed"]` says what changed."""

    status = 409
    code = "changed_since"


class StaleVersion(Refusal):
    """An `If-Match` that does not match any more."""

    status = 412
    code = "stale"


class Invalid(Refusal):
    """A value that can't be taken; `errors` name the fields."""

    status = 422
    code = "invalid"


class TooManyAttempts(Refusal):
    """A wrong code too often, or too many requests; `extra["retry_after_seconds"]` says how long to wait."""

    status = 429
    code = "too_many_attempts"


class StorageRefused(Refusal):
    """A file could not be written where files are kept. Nothing else has changed."""

    status = 507
    code = "storage_refused"


class NotRenderable(Refusal):
    """The document can't be made. The proposal is untouched."""

    status = 422
    code = "not_renderable"


class Busy(Refusal):
    """The server has more to do than it can at once. The same again in a moment will be taken."""

    status = 503
    code = "busy"

    def __init__(self) -> None:
        detail = "The server is busy. Nothing was changed; try again in a few seconds."
        super().__init__(detail, extra={"retry_after_seconds": 5})
