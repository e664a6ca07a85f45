"""What is sent about the end of a proposal and what follows: more time, reminders, voiding, change orders."""

from api.fields import Day, Flag, Strict, Text, text_of
from proposals.actions.change_orders import WORDS_LENGTH
from proposals.models import ExtensionRequest, VoidRequest


class TimeInputSerializer(Strict):
    """Until when, and a word about it; both may be left out."""

    until = Day(allow_null=True, required=False)
    text = text_of(ExtensionRequest, "text", required=False)


class ExtendSerializer(Strict):
    """The new last day, and a word about it."""

    until = Day()
    words = text_of(ExtensionRequest, "answer", required=False)


class RefuseTimeSerializer(Strict):
    """Why it can't be longer. The client reads it."""

    words = Text(max_length=500)


class ReminderSerializer(Strict):
    """The day on which to be reminded, and not before; or no reminders. Without either it is as at first."""

    on = Day(allow_null=True, required=False)
    off = Flag(default=False)


class VoidCodeSerializer(Strict):
    """The code that was mailed to the caller for this."""

    code = Text(max_length=20)


class VoidSerializer(VoidCodeSerializer):
    """Why, which both read and which stays on record; and the code that was mailed to the caller for this."""

    reason = text_of(VoidRequest, "reason")


class MailedSerializer(Strict):
    """To which address a code was mailed."""

    sent_to = Text()


class KeepSerializer(Strict):
    """A word about keeping the contract; may be left out."""

    words = text_of(VoidRequest, "answer", required=False)


class AskedOrderSerializer(Strict):
    """What should change of what was signed. Both sides read it."""

    text = Text(max_length=WORDS_LENGTH)


class RefusedOrderSerializer(Strict):
    """Why there is no change order. The client reads it."""

    words = Text(max_length=WORDS_LENGTH)
