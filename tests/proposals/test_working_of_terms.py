"""“How is this made?” of instalments, of a comparison, of a limit, and of what the total can become."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import billing, sections
from proposals.actions.derivation import derivation_of
from proposals.actions.discounts import set_discounts
from proposals.actions.export import draft_snapshot
from proposals.actions.schedule import set_schedule
from proposals.documents.working_appendix import appendix_of
from proposals.exceptions import Invalid
from proposals.pricing.working import replay
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after

HOW = "How billing works"
LINK = re.compile(r'<a class="how" href="([^"]+)" data-panel aria-label="([^"]+)">([^<]+)</a>')
THIRDS = [
    {"title": title, "share": "percent", "value": value, "due": "on_signature"}
    for title, value in (("Start", "33.3333"), ("Trial", "33.3333"), ("Opening", "33.3334"))
]


def plan(deal: Deal) -> None:
    set_schedule(by=deal.maya, instalments=THIRDS)
    section = sections.add_section(by=deal.maya, title=HOW, kind="billing")
    where: dict[str, Any] = {"by": deal.maya, "section_id": section.id}
    billing.choose_model(**where, model="tm_cap")
    billing.set_figures(**where, params={"rates": {"Designer": "112.50"}, "cap": "21600"})
    billing.set_estimate(**where, changes={"unit": "day", "low": "18", "likely": "21", "high": "27"})
    hybrid = {"fixed_fee": "4000", "included_hours": "40", "rate": "110.55", "tm_cap": "15000"}
    models = [{"model": "fixed", "params": {"fee": "20700"}}, {"model": "hybrid", "params": hybrid}]
    billing.set_comparison(**where, models=models)
    billing.set_cost(**where, changes={"cost_per_hour": "71.33", "fixed_costs": "150.50"})
    billing.disclose_cost(**where, disclosed=True)


@pytest.fixture
def planned(db: None) -> Deal:
    """Three instalments; days up to a limit beside a fixed fee and a hybrid, with the seller's cost disclosed."""
    return as_made(deal_after, plan)


def browser(deal: Deal, side: str = "client") -> Client:
    client = Client()
    client.force_login(factories.seller(deal.proposal) if side == "seller" else factories.client(deal.proposal))
    return client


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def opened(deal: Deal, of: str) -> str:
    answer = browser(deal).get(reverse("working", args=[deal.id]), {"of": of})
    assert answer.status_code == 200, of
    return words(answer.content.decode())


def key(deal: Deal, rest: str) -> str:
    return f"billing:{deal.section(HOW).id}.{rest}"


def test_every_amount_of_schedule_and_comparison_opens_to_the_working_of_that_number(planned: Deal) -> None:
    client = browser(planned)
    links = LINK.findall(client.get(reverse("room", args=[planned.id])).content.decode())
    of_billing = [link for link in links if "of=billing%3A" in link[0]]
    of_schedule = [link for link in links if "of=schedule." in link[0]]
    assert (len(of_billing), len(of_schedule)) == (1 + 3 * 5 + 3 * 5 + 3 * 4 + 2 + 3 + 2, 3 * 4 + 1)
    assert {shown for address, _, shown in links if "of=most.total" in address} == {"€35,816.00"}
    for address, _, shown in [*of_billing, *of_schedule]:
        require_opens(client, address, shown)


def require_opens(client: Client, address: str, shown: str) -> None:
    """The page behind the link is headed by the number that was shown."""
    answer = client.get(unescape(address))
    assert answer.status_code == 200, address
    amount = re.search(r'class="working-amount num">([^<]+)<', answer.content.decode())
    figure = re.search(r"\d[\d.,]*", unescape(shown))
    assert amount is not None
    assert figure is not None
    assert figure[0] in unescape(amount[1]), address


def test_an_instalment_says_its_share_and_who_gets_the_cent_that_is_left_over(planned: Deal) -> None:
    assert (
        "17,303.00 × 33.3333 ÷ 100 = 5,767.660899, rounded down to 5,767.66; its fraction is not the largest."
    ) in opened(planned, "schedule.0.amount")
    last = opened(planned, "schedule.2.amount")
    assert "rounded down, and 0.01 of what was left over for the largest fraction: 5,767.68." in last


def test_a_compared_amount_says_hours_rate_and_limit(planned: Deal) -> None:
    said = opened(planned, key(planned, "0.client_pays.high"))
    assert "The smaller of 24,300.00 and the limit of 21,600.00: 21,600.00." in said
    assert "216 hours × 112.50 = 24,300.00." in said
    assert "27 days × 8 hours a day = 216 hours." in said
    hybrid = opened(planned, key(planned, "2.client_pays.likely"))
    assert "168 − 40, or nothing if that is less than 0: 128." in hybrid
    assert "128 × 110.55 = 14,150.40." in hybrid


def test_what_the_seller_keeps_is_explained_only_while_its_cost_is_disclosed(planned: Deal) -> None:
    profit = key(planned, "0.seller_profit.likely")
    assert profit in derivation_of(planned.proposal).working
    billing.disclose_cost(by=planned.maya, section_id=planned.section(HOW).id, disclosed=False)
    working = derivation_of(planned.proposal).working
    assert profit not in working
    assert key(planned, "cost.likely") not in working
    assert "71.33" not in str(working.as_dict())
    assert browser(planned).get(reverse("working", args=[planned.id]), {"of": profit}).status_code == 404


def test_the_most_it_can_become_is_the_limit_with_its_tax(planned: Deal) -> None:
    said = opened(planned, "most.total")
    assert "The most it can become" in said
    assert "8,000.00 + 21,600.00 = 29,600.00. Portal: amount" in said
    assert "29,600.00 + 6,216.00 = 35,816.00." in said


def test_every_step_replays_and_has_words(planned: Deal) -> None:
    derivation = derivation_of(planned.proposal)
    for step in derivation.working.as_dict()["steps"]:
        exact, result = replay(step)
        assert str(result) == str(type(result)(step["result"])), step
        assert exact == type(exact)(step["exact"]), step
        assert "_" not in derivation.words.words(step["key"]).name, step


def test_the_appendix_explains_instalments_and_comparison_from_the_revision_alone(planned: Deal) -> None:
    appendix = appendix_of(draft_snapshot(planned.proposal).content, "en")
    assert appendix is not None
    tables = {table.title: {row.name: row for row in table.rows} for table in appendix.tables}
    assert list(tables["How it is paid"]) == ["Start", "Trial", "Opening"]
    assert list(tables[HOW])[:8] == [
        "The most you can pay for it",
        "A day at the hourly rate",
        "Hours, low",
        "Hours, likely",
        "Hours, high",
        "Time and materials with a limit, low",
        "Time and materials with a limit, likely",
        "Time and materials with a limit, high",
    ]
    assert tables[HOW]["Fixed fee, on average"].result == "20,700.00"
    assert tables[HOW]["Hours, low"].result == "144 hours"
    assert tables[HOW]["Fixed fee, break-even"].result == "36.01 days"
    assert tables[HOW]["Fixed fee, of further cost you pay"].result == "0%"
    pair = "Where “Time and materials with a limit” and “Fixed fee” cost the same"
    assert tables[HOW][pair].result == "23 days"
    assert tables["The whole"]["The most it can become"].sentences.endswith(".")


def test_the_answer_of_the_slider_opens_with_who_carries_the_difference(planned: Deal) -> None:
    """27 days of 8 hours: 24,300.00 at the rate, of which the limit leaves 21,600.00; the seller carries 3 days."""
    client = browser(planned)
    address = reverse("billing_what_if", args=[planned.id, planned.section(HOW).id])
    html = client.get(address, {"takes": "27"}, headers={"Accept": "application/json"}).json()["fragments"][1]["html"]
    links = LINK.findall(html)
    assert [shown for _, _, shown in links] == ["€21,600.00", "3 days", "€2,700.00", "€20,700.00", "€19,000.00"]
    for link, _, shown in links:
        require_opens(client, link, shown)
    worth = opened(planned, key(planned, "takes:27:carried.worth"))
    assert "If it takes 27 days: what the seller carries alone, what that is worth €2,700.00" in worth
    assert "24 hours × 112.50 = 2,700.00." in worth
    assert "Solved, not added up: 112.50 × hours = 21,600.00 at 192 hours." in worth


def test_a_time_that_nobody_can_ask_for_is_refused_by_name(planned: Deal) -> None:
    for takes in ("-1", "100001", "1e3", "1.", "24,5"):
        with pytest.raises(Invalid, match=f"“{takes}” is no time") as caught:
            derivation_of(planned.proposal, asked=[key(planned, f"takes:{takes}:0.client_pays")])
        assert (caught.value.code, caught.value.errors[0].pointer) == ("bad_number", "of")
    of = key(planned, "takes:27.0:0.client_pays")
    assert derivation_of(planned.proposal, asked=[of]).working.step(of).result == "21600.00"


def test_where_two_models_cost_the_same_is_an_equation_with_a_check(planned: Deal) -> None:
    said = opened(planned, key(planned, "crossings.1"))
    assert "Where “Time and materials with a limit” and “Fixed fee” cost the same 23 days" in said
    assert (
        "184 hours ÷ 8 hours a day = 23.00. To check: there one is 20,700.00 and the other 20,700.00; "
        "at 176 hours 19,800.00 and 20,700.00."
    ) in said
    assert "Solved, not added up: 112.50 × hours = 20,700.00 at 184 hours." in said


def test_a_break_even_says_what_is_paid_and_what_it_costs_there(planned: Deal) -> None:
    """20,700.00 = 150.50 + 71.33 × hours at 288.0906… hours, which are 36.01 days of 8."""
    said = opened(planned, key(planned, "1.break_even.taken"))
    assert "Fixed fee, break-even: how long that is 36.01 days" in said
    assert "Solved, not added up: 20,700.00 = 150.50 + 71.33 × hours at 288.090564…" in said
    assert (
        "To check: there one is 20,700.00 and the other 20,700.00; at 287.090564… hours 20,700.00 and 20,628.67."
        in said
    )


def test_amounts_in_the_sentences_under_the_total_open(planned: Deal) -> None:
    for option, amount in (("Paper", "100"), ("Screen", "250")):
        fields = {"amount": amount, "alternative_group": "Form", "alternative_option": option}
        factories.line(planned.section("Pricing"), option, **fields)
    client = browser(planned)
    html = client.get(reverse("room", args=[planned.id])).content.decode()
    links = {unescape(address).partition("of=")[2]: shown for address, _, shown in LINK.findall(html)}
    for of in ("range.min", "range.max", "totals.firm", "totals.estimate", "most.total"):
        require_opens(client, f"{reverse('working', args=[planned.id])}?of={of}", links[of])
    assert (links["range.min"], links["range.max"]) == ("€17,403.00", "€17,553.00")


def test_what_an_alternative_brings_opens_and_its_choice_is_still_called_by_it(planned: Deal) -> None:
    off = [{"type": "percent", "value": "10", "reason": "volume", "text": "Both forms are ordered together."}]
    for option, amount in (("Paper", "100"), ("Screen", "250")):
        fields = {"amount": amount, "alternative_group": "Form", "alternative_option": option}
        line = factories.line(planned.section("Pricing"), option, **fields)
        set_discounts(by=planned.maya, line_id=line.id, discounts=off)
    client = browser(planned)
    html = client.get(reverse("room", args=[planned.id])).content.decode()
    choice = html[html.index('<fieldset class="alternatives"') :].partition("</fieldset>")[0]
    links = LINK.findall(choice)
    assert [(label, shown) for _, label, shown in links] == [
        ("€90.00, Paper: how is this made?", "€90.00"),
        ("€225.00, Screen: how is this made?", "€225.00"),
    ]
    for address, _, shown in links:
        require_opens(client, address, shown)
    assert 'aria-label="Paper: Paper €90.00"' in choice


def test_what_a_rate_comes_to_in_a_day_opens_in_the_sentences_and_the_terms(planned: Deal) -> None:
    where: dict[str, Any] = {"by": planned.maya, "section_id": planned.section(HOW).id}
    billing.set_figures(**where, params={"rates": {"Designer": "112.50", "Writer": "66.666"}, "cap": "21600"})
    client = browser(planned)
    html = client.get(reverse("room", args=[planned.id])).content.decode()
    links = [link for link in LINK.findall(html) if ".by_day." in link[0]]
    assert [shown for _, _, shown in links] == ["€900.00", "€533.33"] * 2
    for address, _, shown in links:
        require_opens(client, address, shown)
    said = "Designer €112.50 an hour (€900.00 a day) and Writer €66.666 an hour (€533.33 a day)"
    assert words(html).replace("( ", "(").count(said) == 2
    written = derivation_of(planned.proposal).words.words(key(planned, "by_day.1"))
    assert written.sentence == "8 hours × 66.666 for Writer = exactly 533.328, rounded half away from zero to 533.33."
    billing.set_estimate(**where, changes={"unit": "hour"})
    assert "by_day" not in client.get(reverse("room", args=[planned.id])).content.decode()
