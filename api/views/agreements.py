"""Who agrees to what, agreeing and taking it back."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.schema import described
from api.serializers.agreements import AgreementsSerializer, AgreeSerializer, WithdrawAgreementSerializer
from proposals.actions import agreement
from proposals.actions.export import WITH_REVISION
from proposals.actions.freezing import current_revision
from proposals.actions.values import refuse
from proposals.documents.parts import TERMS, TERMS_TITLE, section_key, standing_of
from proposals.documents.readiness import PartReadiness, readiness_of
from proposals.documents.snapshot import content_of
from proposals.models import Proposal, Revision, Side

SEEN = OpenApiExample(
    "Two parts as seen",
    request_only=True,
    value={
        "parts": [
            {"part": "section:0198f0a0-4c1e-7a60-9d5e-2f2f5a6f8f11", "fingerprint": "v1:9f2c41d07be8…"},
            {"part": "terms", "fingerprint": "v1:41d09f2c7be8…"},
        ]
    },
)


class Agreements(Endpoint):
    """Every part with who agrees to it."""

    tag = "agreement"

    @described("get_agreements", "Read fingerprints and agreements, part by part", answer=AgreementsSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """As it stands now; once frozen, as it was frozen."""
        return _answer(self)


class Agree(Endpoint):
    """Agreeing for one's side."""

    tag = "agreement"

    @described(
        "agree",
        "Agree to parts as they were seen",
        request=AgreeSerializer,
        answer=AgreementsSerializer,
        once=True,
        examples=[SEEN],
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """A person's act: a service token is refused. All parts, or none.

        Refused with 409 `changed_since` if one is not what was seen any more; `changed` lists `{part, title,
        fingerprint}` of those.
        """
        _, actor = self.enter()
        parts: dict[str, str] = {}
        for seen in self.given(AgreeSerializer)["parts"]:
            if parts.setdefault(seen["part"], seen["fingerprint"]) != seen["fingerprint"]:
                raise refuse("parts", "duplicate_part", f"“{seen['part']}” is named with two fingerprints.")
        self.once(lambda: {"recorded": len(agreement.agree(by=actor, parts=parts))})
        return _answer(self)


class WithdrawAgreement(Endpoint):
    """Taking agreement back."""

    tag = "agreement"

    @described(
        "withdraw_agreement",
        "Take the agreement of one's side to parts back",
        request=WithdrawAgreementSerializer,
        answer=AgreementsSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Possible until the proposal is frozen. The other side sees it at once."""
        _, actor = self.enter()
        parts = self.given(WithdrawAgreementSerializer)["parts"]

        def run() -> dict[str, Any]:
            agreement.withdraw_agreement(by=actor, parts=parts)
            return {}

        self.once(run)
        return _answer(self)


def _answer(endpoint: Endpoint) -> Response:
    proposal, _ = endpoint.enter()
    if proposal.lifecycle in WITH_REVISION:
        return endpoint.shown(AgreementsSerializer, _as_frozen(current_revision(proposal)))
    return endpoint.shown(AgreementsSerializer, _as_it_stands(proposal))


def _as_it_stands(proposal: Proposal) -> dict[str, Any]:
    standing = standing_of(proposal, with_range=False)
    readiness = readiness_of(proposal, standing)
    return {
        "text_seq": standing.texts.seq,
        "parts": [_shown_part(part) for part in readiness.parts],
        "ready": readiness.is_ready,
        "obstacles": [
            {"code": obstacle.code, "detail": obstacle.sentence, "part": obstacle.part}
            for obstacle in readiness.obstacles
        ],
    }


def _shown_part(readiness: PartReadiness) -> dict[str, Any]:
    part = readiness.part
    return {
        "part": part.key,
        "title": part.title,
        "section": part.section_id,
        "fingerprint": part.fingerprint,
        **{side: _shown_side(readiness, side) for side in Side.values},
        "agreed_by_both": readiness.agreed_by_both,
    }


def _shown_side(readiness: PartReadiness, side: str) -> dict[str, Any] | None:
    last = readiness.agreement(side) or readiness.outdated(side)
    if last is None:
        return None
    current = last.fingerprint == readiness.part.fingerprint
    return {
        "name": last.name,
        "fingerprint": last.fingerprint,
        "agreed_at": last.agreed_at,
        "current": current,
    }


def _as_frozen(revision: Revision) -> dict[str, Any]:
    """The agreements as the revision keeps them: nothing is calculated anew after freezing."""
    content = content_of(revision.content)
    given = {(row["part"], row["side"]): row for row in content["agreements"]}
    parts = [(section_key(row["id"]), row["title"], row["id"], row["fingerprint"]) for row in content["sections"]]
    parts.append((TERMS, TERMS_TITLE, None, content["terms_fingerprint"]))
    return {
        "text_seq": revision.text_seq,
        "parts": [
            {
                "part": key,
                "title": title,
                "section": section_id,
                "fingerprint": fingerprint,
                **{side: {**given[key, side], "current": True} for side in Side.values},
                "agreed_by_both": True,
            }
            for key, title, section_id, fingerprint in parts
        ],
        "ready": True,
        "obstacles": [],
    }
