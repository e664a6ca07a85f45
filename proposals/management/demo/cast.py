"""The two firms of the demo and their people."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from accounts.actions import FirmDetails, found_firm
from accounts.models import ApiToken, Firm, Membership, User
from accounts.people import person_for
from proposals import access
from proposals.access import Actor, Visitor
from proposals.models import Proposal


@dataclass(frozen=True)
class Member:
    """A person of the demo, what they do there, and their firm."""

    user: User
    title: str
    firm: Firm

    def at(self, proposal: Proposal) -> Actor:
        """The person's place at the table of a proposal, as it stands now."""
        return access.proposal_for(Visitor(user=self.user), proposal.id)[1]

    def sees(self, proposal: Proposal) -> Proposal:
        """The proposal as it stands now."""
        return access.proposal_for(Visitor(user=self.user), proposal.id)[0]

    def new_token(self) -> str:
        """The secret of a new personal API token with every scope."""
        _, secret = ApiToken.issue(firm=self.firm, user=self.user, name="Demo", scopes=list(ApiToken.Scope.values))
        return secret


@dataclass(frozen=True)
class Cast:
    """Maya of the studio sells, Tomás of the clinic buys."""

    maya: Member
    tomas: Member


def assemble() -> Cast:
    """Maya and Tomás with their firms: those that are there already, else new ones."""
    return Cast(
        maya=_member(
            "maya@northlight.example",
            "Maya Lindqvist",
            "Partner",
            FirmDetails(
                name="Northlight Studio",
                legal_name="Northlight Studio B.V.",
                address="Lichtkade 18\n1234 AB Exemplaar\nThe Netherlands",
                registration="Trade register 00000018, VAT NL000000018B01",
            ),
        ),
        tomas=_member(
            "tomas@harbourstreet.example",
            "Tomás Reyes",
            "Practice manager",
            FirmDetails(
                name="Harbour Street Clinic",
                legal_name="Harbour Street Clinic B.V.",
                address="Harbour Street 4\n1234 CD Exemplaar\nThe Netherlands",
                registration="Trade register 00000004",
            ),
        ),
    )


def _member(email: str, name: str, title: str, firm: FirmDetails) -> Member:
    """A person whose address is confirmed, owner of the firm. The same call again gives the same person."""
    user = person_for(email, name)
    EmailAddress.objects.filter(user=user, email=email).update(verified=True, primary=True)
    place = user.memberships.filter(role=Membership.Role.OWNER, firm__name=firm.name).select_related("firm").first()
    return Member(user, title, (place or found_firm(by=user, details=firm)).firm)
