"""The frame of every address of the API: who calls, how often, what was sent, once, and in which form it answers."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from api import throttles
from api.authentication import Caller
from api.conditions import etag
from api.fields import ExternalIdSerializer, Strict, shower_of
from api.problems import LengthRequired
from proposals import access, idempotency
from proposals.access import Actor, Visitor
from proposals.actions.endings import expire_if_over
from proposals.exceptions import Invalid, NotFound
from proposals.locking import writing
from proposals.models import Proposal

Answer = dict[str, Any]
Checked = TypeVar("Checked")


class Endpoint(APIView):
    """One address. Methods parse with `given`, call one action (through `once` for POST) and render with `shown`.

    `public` addresses need no caller. `costly` names a further limit for what takes seconds to make. `query` says
    which query parameters a GET has, `shaping` which the other methods have; their values stand in `asked`. PUT
    names by `?external_id=` what it creates or replaces (`naming`).
    """

    http_method_names = ("get", "post", "put", "patch", "delete", "head")
    tag = ""
    public = False
    costly = ""
    query: type[Strict] | None = Strict
    shaping: type[Strict] | None = Strict
    naming: type[Strict] = ExternalIdSerializer
    limits: tuple[throttles.Limit, ...] = ()
    replayed = False
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
        """Find the caller, count the request, refuse what nobody asked for."""
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            raise LengthRequired("Send the body whole, with its Content-Length. Nothing was changed.")
        super().initial(request, *args, **kwargs)
        if not self.public:
            _ = self.caller
        query = self.query_of(request.method or "")
        self.asked = self._parsed(query, request.query_params.dict()) if query else {}

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

        Raises NotFound for everybody else, NotAllowed or WrongState for those who may not do this.
        """
        key = proposal_id or self.kwargs["proposal_id"]
        proposal, actor = access.proposal_for(self.visitor, key)
        if proposal.is_over and expire_if_over(proposal.id):
            proposal, actor = access.proposal_for(self.visitor, key)
        actor.require(ability, proposal.lifecycle)
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
        key = self.request.headers.get("Idempotency-Key", "")
        if not key:
            with writing():
                return run()
        request = f"{self.request.method} {self.request.get_full_path()}\n".encode() + self.request.body
        answer, self.replayed = idempotency.once(owner=self.caller.key, key=key, request=request, run=run)
        return answer

    def before_once(self, check: Callable[[], Checked]) -> Checked | None:
        """What is checked before `once`, as a refusal must leave a trace; None for a repeat, which needs none."""
        key = self.request.headers.get("Idempotency-Key", "")
        if key and idempotency.is_repeat(owner=self.caller.key, key=key):
            return None
        return check()

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
        return finished

    def _count(self, scope: str, key: str) -> None:
        limit = throttles.count(scope, key)
        self.limits = (*self.limits, limit)
        throttles.require_room([limit])

    def _address(self) -> str:
        return f"address:{self.request.META.get('REMOTE_ADDR', '')}"

    @staticmethod
    def _parsed(serializer: type[BaseSerializer[Any]], sent: Any) -> Answer:
        parser = serializer(data=sent)
        parser.is_valid(raise_exception=True)
        parsed: Answer = parser.validated_data
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
