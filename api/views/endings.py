"""How a proposal ends and goes on: taking an end back, more time, reminders, voiding by both."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Answer, Endpoint
from api.schema import described
from api.serializers.endings import (
    ExtendSerializer,
    KeepSerializer,
    MailedSerializer,
    RefuseTimeSerializer,
    ReminderSerializer,
    TimeInputSerializer,
    VoidCodeSerializer,
    VoidSerializer,
)
from api.serializers.proposals import ProposalDetailSerializer
from api.views.proposals import detail
from proposals.actions import endings, extension, reminding, voiding
from proposals.actions.sending_again import send_sealed_again
from proposals.mailing import mail_code


def _done(what: object) -> Answer:
    """Nothing is needed to show the outcome but the proposal itself."""
    return {"done": what is not None}


class TakeBackEnd(Endpoint):
    """Taking back what ended a proposal."""

    tag = "proposals"

    @described(
        "take_back_end",
        "Take a “no” or a withdrawal back",
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For the side that ended it, within 24 hours: the proposal resumes where it was."""
        _, actor = self.enter()
        self.given()
        self.once(lambda: _done(endings.take_back_end(by=actor)))
        return detail(self)


class AskForTime(Endpoint):
    """The client asks for more time."""

    tag = "proposals"

    @described(
        "ask_for_more_time",
        "Ask for more time",
        request=TimeInputSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Both see that it was asked until the seller names a later day or says why not.

        Refused with `no_end` for an offer without a last day, and with `already_asked` while a request waits.
        """
        _, actor = self.enter()
        given = self.given(TimeInputSerializer)
        self.once(lambda: _done(extension.ask_for_time(by=actor, **given)))
        return detail(self)


class Extend(Endpoint):
    """The seller gives more time."""

    tag = "proposals"

    @described(
        "extend_offer",
        "Let the offer stand longer",
        request=ExtendSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Asked or not. An expired offer resumes where it was.

        While it is written the day is a term, which is open again for both. Beside a frozen revision it stands apart,
        and agreements and signatures stand.
        """
        _, actor = self.enter()
        given = self.given(ExtendSerializer)
        self.once(lambda: _done(extension.extend(by=actor, **given)))
        return detail(self)


class RefuseTime(Endpoint):
    """The seller can't give more time."""

    tag = "proposals"

    @described(
        "refuse_more_time",
        "Say why the offer can’t stand longer",
        request=RefuseTimeSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """The client may ask again."""
        _, actor = self.enter()
        given = self.given(RefuseTimeSerializer)
        self.once(lambda: _done(extension.refuse_time(by=actor, **given)))
        return detail(self)


class Reminder(Endpoint):
    """When the caller wants to be reminded."""

    tag = "proposals"

    @described(
        "set_reminder",
        "Choose when to be reminded",
        request=ReminderSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """The others learn that a day was chosen, not which."""
        _, actor = self.enter()
        given = self.given(ReminderSerializer)
        self.once(lambda: _done(reminding.set_reminder(by=actor, **given)))
        return detail(self)


class Remind(Endpoint):
    """Reminding somebody."""

    tag = "proposals"

    @described(
        "remind_participant",
        "Remind somebody of the other side",
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
        """By mail. Refused with `own_day` or `reminders_off` where the person chose so.

        Refused with `too_soon` if they were reminded within the last five days.
        """
        _, actor = self.enter()
        self.given()
        self.once(lambda: _done(reminding.remind(by=actor, participant_id=participant_id)))
        return detail(self)


class SendAgain(Endpoint):
    """The mail with the sealed PDF, to those whom it did not reach."""

    tag = "proposals"

    @described(
        "send_sealed_again",
        "Mail the sealed PDF again to whom it could not be sent",
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For everybody who takes part, every ten minutes at most; the trail tells of it.

        Refused with `nothing_unsent` if the mail could be sent to everybody.
        """
        _, actor = self.enter()
        self.given()
        self.once(lambda: _done(send_sealed_again(by=actor)))
        return detail(self)


class MailVoidingCode(Endpoint):
    """The code without which nobody proposes or confirms that a contract is void."""

    tag = "proposals"

    @described("mail_voiding_code", "Mail the code that voiding asks for", answer=MailedSerializer)
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """To the caller, for signatories. It is valid for 15 minutes, five tries and one use; a new one ends it.

        Ten codes an hour. Refused with `mail_failed` if the mail server did not take it.
        """
        proposal, actor = self.enter("void")
        self.given()
        row, code = voiding.make_voiding_code(by=actor)
        return self.shown(MailedSerializer, {"sent_to": mail_code(row, code, to=actor, proposal=proposal)})


class ProposeVoiding(Endpoint):
    """One side wants to void what was signed."""

    tag = "proposals"

    @described(
        "propose_voiding",
        "Propose to void the contract",
        request=VoidSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For signatories, with the code that was mailed to them.

        Nothing changes unless a signatory of the other side confirms.
        """
        _, actor = self.enter()
        given = self.given(VoidSerializer)
        reason, code = given["reason"], given["code"]
        self.once_confirmed(
            lambda: voiding.confirm_to_void(by=actor, code=code),
            lambda who: _done(voiding.propose_voiding(by=actor, reason=reason, confirmation=who)),
        )
        return detail(self)


class ConfirmVoiding(Endpoint):
    """The other side confirms."""

    tag = "proposals"

    @described(
        "confirm_voiding",
        "Void the contract, both together",
        request=VoidCodeSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """With the code that was mailed to the caller. It can’t be taken back.

        The sealed file stays as it was signed, and verifies.
        """
        _, actor = self.enter()
        code = self.given(VoidCodeSerializer)["code"]
        self.once_confirmed(
            lambda: voiding.confirm_to_void(by=actor, code=code),
            lambda who: _done(voiding.confirm_voiding(by=actor, confirmation=who)),
        )
        return detail(self)


class RefuseVoiding(Endpoint):
    """The contract stays valid."""

    tag = "proposals"

    @described(
        "refuse_voiding",
        "Keep the contract",
        request=KeepSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """The other side refuses, or whoever proposed it takes that back."""
        _, actor = self.enter()
        given = self.given(KeepSerializer)
        self.once(lambda: _done(voiding.refuse_voiding(by=actor, **given)))
        return detail(self)
