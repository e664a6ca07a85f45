"""Whose turn it is to sign a frozen revision: its places, their holders, what was signed, and who is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from proposals.documents import wording
from proposals.models import Revision, Side, Signature, SigningPlace


@dataclass(frozen=True)
class SigningRound:
    """The places of a revision in the order in which they are told, and its signatures by slot."""

    places: tuple[SigningPlace, ...]
    signatures: Mapping[str, Signature]

    @property
    def in_order(self) -> bool:
        """Whether one signs after the other."""
        return len({place.position for place in self.places}) > 1

    @property
    def awaited(self) -> list[SigningPlace]:
        """The places that are still to be signed."""
        return [place for place in self.places if place.slot not in self.signatures]

    @property
    def at_turn(self) -> list[SigningPlace]:
        """The places that may be signed now: all that are awaited, or the first of them."""
        return [place for place in self.awaited if place.position == self.awaited[0].position]

    def place_of(self, participant_id: UUID | None) -> SigningPlace | None:
        """The place of a person."""
        return next((place for place in self.places if place.participant_id == participant_id), None)

    def may_sign(self, participant_id: UUID | None) -> bool:
        """Whether it is this person's turn."""
        return any(place.participant_id == participant_id and not place.is_vacant for place in self.at_turn)

    @property
    def turn_words(self) -> str:
        """“It is Maya Lindqvist’s turn to sign.”"""
        vacant = [place for place in self.at_turn if place.is_vacant]
        if vacant:
            return f"{vacancy_words(vacant[0])} before anybody else signs."
        return f"It is {wording.listing([holder_name(place) for place in self.at_turn])}’s turn to sign."


def round_of(revision: Revision) -> SigningRound:
    """The places and signatures of a revision as they stand."""
    places = revision.signing_places.select_related("participant__user", "revision__proposal")
    return SigningRound(
        tuple(sorted(places, key=lambda place: (place.position, place.side != Side.SELLER, slot_number(place.slot)))),
        {signature.slot: signature for signature in revision.signatures.all()},
    )


def holder_name(place: SigningPlace) -> str:
    """Who is to sign in a place."""
    return place.participant.user.display_name


def vacancy_words(place: SigningPlace) -> str:
    """“Harbour Street Clinic names somebody in place of Leo”."""
    party = place.revision.proposal.party(place.side)
    return f"{party.name} is to name somebody in place of {holder_name(place)}"


def slot_number(slot: str) -> int:
    """The number within its side: 2 for `client-2`."""
    return int(slot.rpartition("-")[2])
