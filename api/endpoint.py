"""The frame of every address of the API: who calls, how often, what was sent, once, and in which form it answers."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from api import throttles
from api.authentication import Caller
from api.conditions import etag
from api.fields import ExternalIdSerializer, Strict, parser_of, shower_of
from api.problems import LengthRequired
from proposals import access, idempotency
from proposals.access import Actor, Visitor
from proposals.actions.endings import expire_if_over
from proposals.exceptions import Invalid, NotFound, Refusal
from proposals.locking import writing
from proposals.models import Proposal

Answer = dict[str, Any]
Checked = TypeVar("Checked")

LARGEST_KEPT: Final = 256 * 1024
"""Answers with more bytes are not kept for repeats, which are shown the same thing as it stands by then."""
KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")


class Repeated(Exception):
    """A request that was carried out before under its `Idempotency-Key`; `shown` is how it was answered."""

    def __init__(self, shown: Answer) -> None:
        super().__init__("repeated")
        self.shown = shown


class Endpoint(APIView):
    """One address. Methods parse with `given`, call one action (through `once` for POST) and render with `shown`.

    `public` addresses need no caller. `costly` names a further limit for what takes seconds to make. `query` says
    which query parameters a GET has, `shaping` which the other methods have; their values stand in `asked`. PUT
    names by `?external_id=` what it creates or replaces (`naming`). `keeps_answer` is False where an answer to POST has
    a secret in it, which is shown anew to a repeat and kept nowhere.
    """

    http_method_names = ("get", "post", "put", "patch", "delete", "head")
    tag = ""
    public = False
    costly = ""
    query: type[Strict] | None = Strict
    shaping: type[Strict] | None = Strict
    naming: type[Strict] = ExternalIdSerializer
    limits: tuple[throttles.Limit, ...] = ()
    keeps_answer = True
    replayed = False
    is_repeat = False
    """Whether this was carried out before, and is only to be shown anew: its answer was not kept."""
    done_under = ""
    """The `Idempotency-Key` under which something was done just now."""
    asked: Answer

    @property
    def caller(self) -> Caller:
        """Who calls. Raises NotAuthenticated if nobody does."""
        if not isinstance(self.request.auth, Caller):
            raise exceptions.NotAuthenticated("Send a token as “Authorization: Bearer same_…”, or sign in.")
        return self.request.auth

    @property
    def visitor(self) -> Visitor:
        """The caller, as the domain knows them."""
        return self.caller.visitor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the caller, count the request, refuse what nobody asked for, find the answer to a repeat."""
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            raise LengthRequired("Send the body whole, with its Content-Length. Nothing was changed.")
        super().initial(request, *args, **kwargs)
        if not self.public:
            _ = self.caller
        query = self.query_of(request.method or "")
        self.asked = self._parsed(query, request.query_params.dict()) if query else {}
        self._give_what_was_kept(request)

    def handle_exception(self, exc: Exception) -> Any:
        """A repeat gets what the first one got, byte for byte; everything else is a problem."""
        if not isinstance(exc, Repeated):
            return super().handle_exception(exc)
        self.replayed = True
        response = HttpResponse(exc.shown["body"], status=exc.shown["status"])
        del response.headers["Content-Type"]
        for name, value in exc.shown["headers"].items():
            response[name] = value
        return response

    def perform_authentication(self, request: Request) -> None:
        """Who calls; wrong tokens are counted by address."""
        try:
            super().perform_authentication(request)
        except exceptions.AuthenticationFailed:
            self._count("refused", self._address())
            raise

    def check_throttles(self, request: Request) -> None:
        """Count the request. Raises TooManyRequests."""
        known = isinstance(request.auth, Caller)
        key = request.auth.key if known else self._address()
        self._count("requests" if known else "anonymous", key)
        if self.costly:
            self._count(self.costly, key)

    def query_of(self, method: str) -> type[Strict] | None:
        """Which query parameters a method has; None for whatever anybody writes."""
        if method == "PUT":
            return self.naming if hasattr(self, "put") else None
        return self.query if method in ("GET", "HEAD") else self.shaping

    def enter(self, ability: str = "read", *, proposal_id: str | None = None) -> tuple[Proposal, Actor]:
        """The proposal of this address (or another one) and the caller's place in it.

        Raises NotFound for everybody else, NotAllowed or WrongState for those who may not do this. Whether a repeat
        could be done once more does not matter.
        """
        key = proposal_id or self.kwargs["proposal_id"]
        proposal, actor = access.proposal_for(self.visitor, key)
        if proposal.is_over and expire_if_over(proposal.id):
            proposal, actor = access.proposal_for(self.visitor, key)
        actor.require("read" if self.is_repeat else ability, proposal.lifecycle)
        return proposal, actor

    def given(self, serializer: type[BaseSerializer[Any]] = Strict) -> Answer:
        """What was sent, parsed; without a serializer nothing may be sent.

        Raises ValidationError, ParseError, UnsupportedMediaType, Invalid.
        """
        if self.request.data is None:
            raise Invalid("The body is null, not a JSON object. Nothing was changed.", code="not_an_object")
        return self._parsed(serializer, self.request.data)

    def once(self, run: Callable[[], Answer]) -> Answer:
        """Do what a POST asks for: all or nothing, and once per `Idempotency-Key`.

        `run` gives what is needed to show the outcome, as JSON; a repeat gets what it gave the first time.
        """
        key = self._key
        if not key:
            with writing():
                return run()
        sent = self._sent(self.request)
        answer, self.replayed = idempotency.once(owner=self.caller.key, key=key, request=sent, run=run)
        self.done_under = "" if self.replayed else key
        return answer

    def once_confirmed(self, confirm: Callable[[], Checked], run: Callable[[Checked], Answer]) -> Answer:
        """`once`, for what is confirmed by a code first: refused attempts at it count, and a repeat needs no other."""
        if not self._key:
            confirmed = confirm()
            return self.once(lambda: run(confirmed))

        def both() -> Answer:
            try:
                confirmed = confirm()
            except Refusal as refusal:
                raise idempotency.LeavesTrace(refusal) from refusal
            return run(confirmed)

        return self.once(both)

    def admit(self, answer: Answer) -> None:
        """Who may still be told what was done under a key: whoever may still see where it was done, and what was made.

        `answer` is what `once` gave. Raises NotFound, NotAllowed or SignInRequired for everybody else.
        """
        if "proposal_id" in self.kwargs:
            self.enter()
        if "proposal" in answer:
            self.enter(proposal_id=answer["proposal"])

    def shown(
        self, serializer: type[BaseSerializer[Any]], value: Any, *, status: int = 200, version: int | None = None
    ) -> Response:
        """An answer, with the entity tag of a version."""
        response = Response(shower_of(serializer).to_representation(value), status=status)
        if version is not None:
            response["ETag"] = etag(version)
        return response

    def url(self, path: str) -> str:
        """A path of this instance as a whole address."""
        return self.request.build_absolute_uri(path)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add what every answer carries: limits, whether it is a repeat, and that it is nobody else's."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        if self.limits:
            finished["RateLimit-Policy"] = ", ".join(limit.policy_item for limit in self.limits)
            finished["RateLimit"] = ", ".join(limit.state_item for limit in self.limits)
        if self.replayed:
            finished["Idempotency-Replayed"] = "true"
        finished.headers.setdefault("Cache-Control", "no-store")
        self._keep(finished)
        return finished

    @property
    def _key(self) -> str:
        return str(self.request.headers.get("Idempotency-Key", ""))

    @staticmethod
    def _sent(request: Request) -> bytes:
        """What makes two requests the same one."""
        return f"{request.method} {request.get_full_path()}\n".encode() + request.body

    def _give_what_was_kept(self, request: Request) -> None:
        """Raise Repeated for a repeat before anything is looked at that may be otherwise by now."""
        method = getattr(self, (request.method or "").lower(), None)
        if not (self._key and getattr(method, "traits", {}).get("once")):
            return
        kept = idempotency.kept(owner=self.caller.key, key=self._key, request=self._sent(request))
        self.is_repeat = kept is not None
        if kept is not None and kept.shown is not None:
            self.admit(kept.answer)
            raise Repeated(kept.shown)

    def _keep(self, response: Any) -> None:
        """Keep an answer for its repeats."""
        if not (self.done_under and self.keeps_answer and response.status_code < 300):
            return
        body = response.render().content
        if len(body) <= LARGEST_KEPT:
            headers = {name: response[name] for name in KEPT_HEADERS if name in response.headers}
            shown = {"status": response.status_code, "headers": headers, "body": body.decode()}
            idempotency.keep_shown(owner=self.caller.key, key=self.done_under, shown=shown)

    def _count(self, scope: str, key: str) -> None:
        limit = throttles.count(scope, key)
        self.limits = (*self.limits, limit)
        throttles.require_room([limit])

    def _address(self) -> str:
        return f"address:{self.request.META.get('REMOTE_ADDR', '')}"

    @staticmethod
    def _parsed(serializer: type[BaseSerializer[Any]], sent: Any) -> Answer:
        parsed: Answer = parser_of(serializer).run_validation(sent)
        return parsed


def one(rows: Any, key: UUID) -> Any:
    """The row with this id among these, or NotFound."""
    found = rows.filter(id=key).first()
    if found is None:
        raise NotFound()
    return found


def only(given: Mapping[str, Any], *names: str) -> Answer:
    """Those of the given values that have these names."""
    return {name: given[name] for name in names if name in given}


class Nowhere(Endpoint):
    """Every other address below the API's root."""

    public = True
    query = None
    shaping = None

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Say what is usually wrong."""
        raise NotFound(
            "There is nothing at this address. Addresses of the API end with a slash, and ids are UUIDs; "
            "see /api/v1/docs/ for all of them."
        )
