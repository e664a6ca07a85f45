"""A firm's own templates: what is kept of a proposal, what becomes a variable, and proposals made from one."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Firm
from proposals.actions.clients import ClientContact
from proposals.actions.discounts import set_discounts
from proposals.actions.proposals import create_proposal
from proposals.actions.schedule import set_schedule
from proposals.actions.templates import retire_template, save_as_template
from proposals.documents.placeholders import placeholders_in
from proposals.documents.templates import variables_of
from proposals.exceptions import Invalid, NotFound
from proposals.models import Proposal, Template
from tests import factories
from tests.proposals.deal import CONDITIONS, PRICING, REASON, SUMMARY, Deal, refused

WRITTEN = "Harbour Street Clinic and {client} meet Tomás Reyes on {start date} in {number of rooms} rooms, {seller}."
ADA = ClientContact("Ada Byron", "ada@analytical.example", "Analytical Engines")


def firm_of(deal: Deal) -> Firm:
    return deal.proposal.party("seller").firm


def keep(deal: Deal, title: str = "Portals") -> Template:
    return save_as_template(by=deal.maya, title=title)


def start(deal: Deal, template: object, currency: str = "EUR", **variables: str) -> Deal:
    made = create_proposal(
        firm=firm_of(deal),
        by=deal.maya.user,
        title="A new portal",
        client=ADA,
        currency=currency,
        template=str(template),
        variables=variables,
    )
    return Deal(made)


def test_a_template_has_no_names_discounts_or_choices_of_its_client(deal: Deal) -> None:
    deal.write(SUMMARY, WRITTEN)
    set_discounts(by=deal.maya, discounts=[{"type": "percent", "value": "5", "reason": "volume", "text": REASON}])
    template = keep(deal)
    assert "Harbour" not in str(template.content)
    assert "Tomás" not in str(template.content)
    assert REASON not in str(template.content)
    assert variables_of(template.content) == ["client", "contact", "start date", "number of rooms", "seller"]


def test_a_proposal_made_from_it_says_and_costs_the_same(deal: Deal) -> None:
    priced = deal.section(PRICING)
    factories.line(
        priced, "Reserve", kind="allowance", percent="10", percent_of=[str(deal.line("Portal").id)], optional=False
    )
    set_schedule(
        by=deal.maya,
        instalments=[{"title": "All", "share": "percent", "value": "100", "due": "on_signature", "net_days": 14}],
    )
    made = start(deal, keep(deal).id)
    assert made.total == deal.total == "18103.00"
    assert made.line("Reserve").percent_of == [str(made.line("Portal").id)]
    assert made.part("terms").content["schedule"] == deal.part("terms").content["schedule"]
    assert [section.title for section in made.proposal.sections.standing()] == [SUMMARY, PRICING, CONDITIONS]
    assert made.text(CONDITIONS) == deal.text(CONDITIONS)
    assert made.line("Training").client_may_change_quantity
    assert (made.proposal.party("client").name, made.proposal.state) == ("Analytical Engines", "preparing")


def test_variables_are_filled_and_what_is_not_stays_in_brackets(deal: Deal) -> None:
    deal.write(SUMMARY, WRITTEN)
    template = keep(deal)
    made = start(deal, template.id, **{"start date": "2027-03-01", "number of rooms": "seven"})
    assert made.text(SUMMARY) == (
        "Analytical Engines and Analytical Engines meet Ada Byron on 1 March 2027 in seven rooms, Northlight Studio."
    )
    assert str(made.proposal.starts_on) == "2027-03-01"
    assert placeholders_in(made.standing()) == []
    empty = start(deal, template.id)
    assert [(found.words, found.anchor) for found in placeholders_in(empty.standing())] == [
        ("[start date]", f"section-{empty.section(SUMMARY).id}"),
        ("[number of rooms]", f"section-{empty.section(SUMMARY).id}"),
    ]


@pytest.mark.parametrize(
    ("currency", "variables", "code"),
    [
        ("USD", {}, "other_currency"),
        ("EUR", {"start date": "soon"}, "bad_date"),
        ("EUR", {"number of rooms": "x" * 301}, "too_long"),
    ],
)
def test_what_can_not_be_filled_makes_nothing(currency: str, variables: dict[str, str], code: str, deal: Deal) -> None:
    template = keep(deal)
    with refused(Invalid, code):
        start(deal, template.id, currency, **variables)


def test_a_template_belongs_to_its_firm_and_can_be_taken_out(deal: Deal) -> None:
    theirs = Template.objects.create(firm=factories.firm("Elsewhere"), title="Theirs", currency="EUR")
    template = keep(deal)
    with refused(Invalid, "unknown_template"):
        start(deal, theirs.id)
    with refused(NotFound):
        retire_template(firm=firm_of(deal), template_id=theirs.id)
    retire_template(firm=firm_of(deal), template_id=template.id)
    with refused(Invalid, "unknown_template"):
        start(deal, template.id)
    with refused(Invalid, "required"):
        keep(deal, " ")


def test_the_form_asks_for_the_variables_of_the_chosen_template(deal: Deal, client: Client) -> None:
    assert deal.maya.user is not None
    client.force_login(deal.maya.user)
    deal.write(SUMMARY, WRITTEN)
    client.post(reverse("template_save", args=[deal.id]), {"title": "Portals", "summary": ""})
    template = Template.objects.get()
    assert "client, contact, start date, number of rooms, seller" in (
        client.get(reverse("firm_templates", args=[firm_of(deal).id])).content.decode()
    )
    address = reverse("new_proposal")
    sent: dict[str, Any] = {
        "title": "A new portal",
        "client_name": ADA.name,
        "client_email": ADA.email,
        "client_firm": ADA.firm,
        "currency": "EUR",
        "template": str(template.id),
        "firm": str(firm_of(deal).id),
    }
    asked = client.post(address, sent)
    assert (asked.status_code, Proposal.objects.count()) == (200, 1)
    assert "Number of rooms" in asked.content.decode()
    wrong = client.post(address, {**sent, "asked": str(template.id), "variable0": "soon"})
    assert (wrong.status_code, Proposal.objects.count()) == (422, 1)
    assert "“soon” is not a date" in wrong.content.decode()
    client.post(address, {**sent, "asked": str(template.id), "variable0": "2027-03-01", "variable1": "seven"})
    made = Deal(Proposal.objects.exclude(id=deal.id).get())
    assert "on 1 March 2027 in seven rooms" in made.text(SUMMARY)
