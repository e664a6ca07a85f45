"""Whatever two sides make of a proposal: taken along, brought in elsewhere and taken along again, it is the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposals.actions import billing, keys, questions
from proposals.actions.lines import add_line
from proposals.actions.schedule import set_schedule
from proposals.actions.sections import add_section
from proposals.exceptions import Refusal
from proposals.locking import lock_proposal
from proposals.models import Question, Section
from proposals.pricing.billing import MODELS
from proposals.prose import ProseDocument
from proposals.states import State
from proposals.text import port
from tests import factories
from tests.kept import as_made
from tests.portable.moves import brought_in, other_firm, proposals_in, taken_along
from tests.portable.test_round_trip import without_ids
from tests.proposals.deal import PRICING, Deal, make_deal
from tests.proposals.test_price_properties import ACTS
from tests.prose.test_importers import DOCUMENT

EXAMPLES_COUNT = 4 if settings.get_current_profile_name() == "repeatable" else 100
"""Few each time; `make soak` searches among others."""

Act = Callable[[Deal], object]

SAID = st.text(
    alphabet='aé ß\n\té😀👩‍💻שלוםمرحبا٣中\u200f\u200d\u2028\u2067\u2069\u202e\u0007“<&>\\"', min_size=1, max_size=30
)
KEYS = st.text(alphabet="ab-:/é", max_size=6)
METADATA = st.dictionaries(st.sampled_from(["a", "ключ", "x y"]), SAID, max_size=2)
PLACES = st.integers(0, 9)


def any_section(deal: Deal, place: int) -> Section:
    standing = list(Section.objects.standing().filter(proposal=deal.id))
    return standing[place % len(standing)]


def any_question(deal: Deal, place: int) -> Question:
    asked = list(deal.proposal.questions.all()) or [questions.ask(by=deal.tomas, text="Why?")]
    return asked[place % len(asked)]


def write(place: int, text: ProseDocument) -> Act:
    def act(deal: Deal) -> object:
        with lock_proposal(deal.id) as locked:
            return port().replace(locked, any_section(deal, place).id, text, deal.maya)

    return act


def new_section(title: str) -> Act:
    return lambda deal: add_section(by=deal.maya, title=title)


def new_line(title: str, detail: str, kind: str, key: str, metadata: dict[str, str]) -> Act:
    fields = {
        "time": {"role": "Designer", "quantity": "2.5", "unit": "day"},
        "unit": {"quantity": "3", "unit_price": "12.34", "unit_label": title[:10]},
        "percent": {"percent": "7.5"},
    }[kind]
    given_fields = {"title": title, "detail": detail, "kind": kind, "external_id": key, "metadata": metadata, **fields}
    return lambda deal: add_line(by=deal.maya, section_id=deal.section(PRICING).id, fields=given_fields)


def bill(model: str, estimate: tuple[int, int, int], clauses: int, compared: str, disclosed: bool) -> Act:
    def act(deal: Deal) -> object:
        found = Section.objects.standing().filter(proposal=deal.id, kind="billing").first()
        where: dict[str, Any] = {"by": deal.maya, "section_id": (found or _billing_section(deal)).id}
        billing.choose_model(**where, model=model)
        billing.set_figures(**where, params=MODELS[model].example.params)
        billing.choose_clauses(**where, clauses=[clause.key for clause in MODELS[model].clauses[:clauses]])
        low, likely, high = map(str, sorted(estimate))
        billing.set_estimate(**where, changes={"unit": "hour", "low": low, "likely": likely, "high": high})
        billing.set_cost(**where, changes={"cost_per_hour": "41.5", "fixed_costs": "1000"})
        billing.disclose_cost(**where, disclosed=disclosed)
        rows = [{"model": compared, "params": MODELS[compared].example.params, "name": "Théirs"}]
        return billing.set_comparison(**where, models=rows)

    return act


def _billing_section(deal: Deal) -> Section:
    made = factories.section(deal.proposal, "How", kind="billing")
    factories.billing_terms(made)
    return made


PLANS: list[list[dict[str, Any]]] = [
    [],
    [
        {"title": "Start", "share": "percent", "value": "33.3333", "due": "on_signature", "net_days": 14},
        {"title": "Rest", "share": "rest", "due": "milestone", "acceptance": "It has run for a week"},
    ],
    [{"title": "Monthly", "share": "periods", "count": 7, "every": "month", "due": "period_end",
      "due_on": "2027-01-31"}],
    [
        {"title": "Start", "share": "amount", "value": "0.01", "due": "on_date", "due_on": "2027-03-01"},
        {"title": "Rest", "share": "rest", "due": "on_signature"},
    ],
]  # fmt: skip


def plan(place: int) -> Act:
    return lambda deal: set_schedule(by=deal.maya, instalments=PLANS[place % len(PLANS)])


def ask(place: int, text: str, about: str, blocking: bool, key: str, metadata: dict[str, str]) -> Act:
    def act(deal: Deal) -> object:
        section = any_section(deal, place).id if place % 2 else None
        asked = questions.ask(by=deal.tomas, text=text, section_id=section, about=about, blocking=blocking)
        changes = {"external_id": key, "metadata": metadata}
        return keys.set_question_keys(by=deal.tomas, question_id=asked.id, changes=changes)

    return act


def answer(place: int, text: str, status: str) -> Act:
    def act(deal: Deal) -> object:
        question = any_question(deal, place)
        questions.reply(by=deal.maya, question_id=question.id, text=text)
        return questions.close(by=deal.tomas, question_id=question.id, status=status)

    return act


def note(place: int, key: str, metadata: dict[str, str]) -> Act:
    def act(deal: Deal) -> object:
        changes = {"external_id": key, "metadata": metadata}
        keys.set_proposal_keys(by=deal.maya, changes=changes)
        return keys.set_section_keys(by=deal.maya, section_id=any_section(deal, place).id, changes=changes)

    return act


OF_WORDS = st.one_of(
    st.builds(write, PLACES, DOCUMENT | SAID.map(lambda words: _paragraph(words))),
    st.builds(new_section, SAID),
    st.builds(new_line, SAID, SAID, st.sampled_from(["time", "unit", "percent"]), KEYS, METADATA),
    st.builds(ask, PLACES, SAID, SAID, st.booleans(), KEYS, METADATA),
    st.builds(answer, PLACES, SAID, st.sampled_from(["open", "answered", "waived"])),
    st.builds(note, PLACES, KEYS, METADATA),
)
OF_MONEY = st.one_of(
    ACTS,
    st.builds(
        bill,
        st.sampled_from(list(MODELS)),
        st.tuples(*[st.integers(1, 500)] * 3),
        st.integers(0, 5),
        st.sampled_from(["tm", "fixed", "blended"]),
        st.booleans(),
    ),
    st.builds(plan, PLACES),
)


def _paragraph(words: str) -> ProseDocument:
    return {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]}


def started() -> Deal:
    """A deal with everything that prices have, being written by both."""
    deal = make_deal(State.OPEN)
    priced = deal.section(PRICING)
    for option, amount in (("Gold", "500.00"), ("Silver", "300.00")):
        factories.line(priced, option, amount=amount, alternative_group="Plan", alternative_option=option)
    factories.line(priced, "Hosting", amount="600.00", optional=True, selected=True)
    return deal


@pytest.mark.usefixtures("db")
@settings(max_examples=EXAMPLES_COUNT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(OF_WORDS | OF_MONEY, min_size=4, max_size=12))
def test_whatever_was_made_of_it_comes_back_the_same(acts: list[Act]) -> None:
    with transaction.atomic():
        deal = as_made(started)
        for act in acts:
            try:
                with transaction.atomic():
                    act(deal)
            except Refusal:
                continue
        [there] = proposals_in(archive := taken_along(deal.proposal.relationship.seller_firm)).values()
        owner = other_firm()

        done = brought_in(archive, owner.firm, owner.user)

        assert [(row["outcome"], row["why"]) for row in done.report if row["code"]] == []
        [here] = proposals_in(taken_along(owner.firm)).values()
        assert without_ids(here) == without_ids(there)
        transaction.set_rollback(True)
