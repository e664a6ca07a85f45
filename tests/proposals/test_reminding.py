"""Reminders: each person's own day, no reminders at all, and a nudge now and then from the other side."""

import datetime as dt
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from proposals import news
from proposals.actions.endings import withdraw
from proposals.actions.reminding import DAYS_BETWEEN, remind, send_own_reminders, set_reminder
from proposals.documents import told
from proposals.exceptions import Invalid, NotAllowed, NotFound, WrongState
from proposals.models import Participant
from tests.proposals.deal import Deal, refused

DAY = "2099-01-12"


def place(deal: Deal) -> Participant:
    """Tomás's."""
    return Participant.objects.get(id=deal.tomas.participant_id)


def make_due(deal: Deal) -> None:
    Participant.objects.filter(id=deal.tomas.participant_id).update(remind_on=dt.date(2020, 1, 1))


def test_the_others_learn_that_somebody_chose_a_day_and_not_which(deal: Deal) -> None:
    set_reminder(by=deal.tomas, on=DAY)
    assert str(place(deal).remind_on) == DAY
    event = deal.trail()[-1]
    assert (told.sentence(event), event.content.facts) == (
        "Tomás Reyes chose a day on which to be reminded",
        {"choice": "day"},
    )


def test_choosing_the_same_again_is_no_change(deal: Deal) -> None:
    set_reminder(by=deal.tomas, on=DAY)
    set_reminder(by=deal.tomas, on=DAY)
    assert deal.events() == ["reminder.chosen"]


@pytest.mark.parametrize(("on", "code"), [("2020-01-12", "in_the_past"), ("2099-13-01", "bad_date")])
def test_a_day_that_can_not_be_is_refused(on: str, code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        set_reminder(by=deal.tomas, on=on)


def test_on_the_day_one_mail_is_sent_and_no_second_one(deal: Deal) -> None:
    make_due(deal)
    assert (send_own_reminders(), send_own_reminders()) == (1, 0)
    event = deal.trail()[-1]
    assert told.sentence(event) == "Tomás Reyes was reminded, as they had asked"
    assert (place(deal).remind_on, deal.events()) == (None, ["reminder.sent"])
    news.mail_reminder.call(event.content.facts["participant"], "")
    (message,) = mail.outbox
    assert (message.to, message.subject.partition(":")[0]) == (["tomas@harbourstreet.example"], "Your reminder")
    assert f"/p/{deal.id}/reminder/" in message.body


def test_a_day_that_has_not_come_sends_nothing(deal: Deal) -> None:
    set_reminder(by=deal.tomas, on=DAY)
    assert send_own_reminders() == 0


def test_nobody_is_reminded_of_what_is_over(deal: Deal) -> None:
    make_due(deal)
    withdraw(by=deal.maya)
    assert send_own_reminders() == 0


def test_the_other_side_reminds_and_the_mail_says_who(deal: Deal) -> None:
    remind(by=deal.maya, participant_id=place(deal).id)
    assert told.sentence(deal.trail()[-1]) == "Maya Lindqvist reminded Tomás Reyes"
    news.mail_reminder.call(str(place(deal).id), "Maya Lindqvist")
    assert "Maya Lindqvist asks you to look at" in mail.outbox[0].body


def test_not_again_within_some_days(deal: Deal) -> None:
    remind(by=deal.maya, participant_id=place(deal).id)
    with refused(WrongState, "too_soon"):
        remind(by=deal.maya, participant_id=place(deal).id)
    earlier = timezone.now() - timedelta(days=DAYS_BETWEEN)
    Participant.objects.filter(id=place(deal).id).update(reminded_at=earlier)
    remind(by=deal.maya, participant_id=place(deal).id)
    assert deal.events() == ["reminder.sent"] * 2


def test_not_before_the_day_somebody_chose(deal: Deal) -> None:
    set_reminder(by=deal.tomas, on=DAY)
    with refused(WrongState, "own_day"):
        remind(by=deal.maya, participant_id=place(deal).id)


def test_whoever_wants_none_gets_none(deal: Deal) -> None:
    set_reminder(by=deal.tomas, on=DAY, off=True)
    assert (place(deal).remind_on, place(deal).reminders_off) == (None, True)
    with refused(WrongState, "reminders_off"):
        remind(by=deal.maya, participant_id=place(deal).id)


def test_colleagues_are_not_reminded_and_strangers_not_found(deal: Deal) -> None:
    colleague = deal.seat("sam@northlight.example", "seller")
    with refused(NotAllowed):
        remind(by=deal.maya, participant_id=str(colleague.participant_id))
    with refused(NotFound):
        remind(by=deal.maya, participant_id="no-such-id")
