"""What people and firms can be refused. Each carries a stable `code` and a sentence for people."""


class AccountRefusal(Exception):
    """Something was asked about people or firms that can't be done. Nothing has changed."""

    status = 422
    title = "That can’t be done"

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code


class NotYourFirm(AccountRefusal):
    """The firm, person or token is unknown or belongs to another firm: the two are not told apart."""

    status = 404
    title = "Nothing here"

    def __init__(self) -> None:
        super().__init__("There is nothing here for you at this address.", code="not_found")


class OwnersOnly(AccountRefusal):
    """A member asked for what only an owner may do."""

    status = 403
    title = "Not for you"

    def __init__(self, does: str) -> None:
        super().__init__(f"Only an owner of the firm may {does}. Nothing was changed.", code="owner_required")


class TooManyCodes(AccountRefusal):
    """Too many codes were asked for, or too many were wrong."""

    status = 429
    title = "Wait a little"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, code="too_many_attempts")


class MustWait(Exception):
    """Too many wrong codes, or too many codes asked for. No code was sent.

    `seconds` says how long the wait still lasts.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} seconds")
        self.seconds = seconds
