"""The hourly task: asked for once, done again and again, and a fault in one work does not keep the other."""

import datetime as dt

import pytest
from django.test import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from proposals import upkeep
from proposals.actions import audit
from proposals.models import Participant, Proposal
from tests.proposals.deal import Deal, make_deal

DATABASE_QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
PAST = dt.date(2020, 3, 1)


def waiting() -> list[dt.datetime]:
    """When it is to run."""
    found = DBTaskResult.objects.filter(task_path=upkeep.keep_days.module_path)
    return [row.run_after for row in found]


def test_it_is_asked_for_once_for_the_next_full_hour(db: None) -> None:
    DBTaskResult.objects.all().delete()
    before = timezone.now()
    with override_settings(TASKS=DATABASE_QUEUE):
        upkeep.ask_for_upkeep()
        upkeep.ask_for_upkeep()
    (at,) = waiting()
    assert (at.minute, at.second, at.microsecond) == (0, 0, 0)
    assert before < at <= timezone.now() + dt.timedelta(hours=1)


def test_doing_it_asks_for_the_next_time(db: None) -> None:
    DBTaskResult.objects.all().delete()
    with override_settings(TASKS=DATABASE_QUEUE):
        upkeep.keep_days.func()
    assert len(waiting()) == 1


def test_what_is_due_is_done_and_nothing_twice(deal: Deal) -> None:
    Participant.objects.filter(id=deal.tomas.participant_id).update(remind_on=PAST)
    assert upkeep.tend_proposals() == {"expired": 0, "reminded": 1}
    Proposal.objects.filter(id=deal.id).update(offer_until=PAST)
    assert upkeep.tend_proposals() == {"expired": 1, "reminded": 0}
    assert upkeep.tend_proposals() == {"expired": 0, "reminded": 0}


def test_one_proposal_s_fault_is_not_another_s(db: None, caplog: pytest.LogCaptureFixture) -> None:
    deals = [make_deal(), make_deal()]
    Proposal.objects.update(offer_until=PAST)
    # A last link of the trail that is there already: the next one can't be appended.
    bad, good = deals
    audit.append(bad.proposal, "reminder.chosen", None, {"choice": "none"})
    Proposal.objects.filter(id=bad.id).update(audit_number=0, audit_hash="")
    assert upkeep.tend_proposals() == {"expired": 1, "reminded": 0}
    assert (bad.proposal.state, good.proposal.state) == ("open", "expired")
    assert f"failed for proposal {bad.id}" in caplog.text
