"""Starter for a consulting engagement: days billed as worked, in three steps that can each be the last."""

from .amounts import Amounts
from .content import Starter, StarterContent, StarterSection, pricing, prose
from .text import bullets, document, heading

_SUMMARY = prose(
    "Summary",
    document(
        "You want to [your main goal]. Today [what gets in the way, in their words].",
        "We will spend eight weeks with your people. First we find out together what causes this, then you decide "
        "what to change, then we help you start. At the end you have a change that has been tried in daily work, "
        "and people of your own who can carry it on without us.",
    ),
)

_TOLD = prose(
    "What you told us",
    document(
        "This is what we understood when we talked on [date]. Please correct whatever is wrong: the rest of the "
        "proposal stands on it.",
        bullets(
            "What happens today, and to whom: [two or three sentences].",
            "What it costs you in time, money or people: [a figure, or “we don’t know yet”].",
            "What you have tried already, and what came of it: [what was tried].",
            "How you will know that it worked: [what will be different, and who will notice].",
        ),
        "You could also leave things as they are, or do this with your own people. Tell us if either is still on "
        "the table. We would rather help you compare than win work that you don’t need.",
    ),
)

_WORK = prose(
    "What we will do",
    document(
        "The work has three steps. Each ends with something you can use, and you can stop after each one.",
        heading("1. Understand"),
        bullets(
            "Twelve conversations with people who do the work, and a look at the figures you have.",
            "One page that says what we found and what we are not sure of, discussed with you before anyone else "
            "sees it.",
        ),
        heading("2. Decide"),
        bullets(
            "Two working sessions with the people who will have to live with the decision.",
            "Up to three ways forward, with what each costs, what it needs from you, and what speaks against it. "
            "Changing nothing is always one of them.",
        ),
        heading("3. Start"),
        bullets(
            "A first trial in one team, four weeks long, with a person of yours in charge and one of us beside them.",
            "A short written guide, made with the people who will use it.",
        ),
        heading("What we count on"),
        bullets(
            "One person on your side has half a day a week for this and may decide everyday matters.",
            "We can talk to the twelve people, and see the figures, within the first two weeks.",
        ),
        heading("Not included"),
        bullets(
            "Software, licences and changes to your systems.",
            "Legal, tax and employment advice. We will say when you need it, and from whom.",
            "Running the change after week eight. You may ask for it; it would be a new agreement.",
        ),
    ),
)

_PEOPLE_AND_TIME = prose(
    "Timeline and people",
    document(
        "We start on the date at the top of this page. Weeks are counted from there.",
        bullets(
            "Weeks 1 and 2: Understand. The page with our findings reaches you at the end of week 2.",
            "Weeks 3 and 4: Decide. You choose at the end of week 4, and you may take longer.",
            "Weeks 5 to 8: Start. The trial runs for four weeks and we look at it together every Friday.",
        ),
        "[Name] leads the work and answers for it. A consultant whom you meet before we start does most of the "
        "conversations and the trial. If one of them can’t go on, we tell you at once, and you decide whether you want "
        "the person we suggest instead.",
    ),
)

_BILLING = prose(
    "How billing works",
    document(
        "You pay for the days we work, at the rates in the price table. If the work takes longer than we think, you "
        "pay more. If it goes faster, you pay less. The two sessions have a fixed price, and travel is passed on at "
        "cost.",
        "You should know that we earn more when we are slow. So you get a list of the days worked every Friday, we "
        "tell you when we have used half and when we have used four fifths of the days estimated here, and we don’t "
        "work past the estimate of a step before you have said yes.",
        "We send one invoice at the end of each month, with the days and receipts. It is due after 30 days.",
    ),
)

_UNKNOWN = prose(
    "What we don’t know yet",
    document(
        "These things could change the work or its price. We say how and when we will find out.",
        bullets(
            "Whether the cause lies where you and we think it does. Step 1 shows; that is why the days of step 3 "
            "are an estimate.",
            "How many people the trial involves. You choose the team in step 2. More than twenty people would need "
            "more days.",
            "[Something you would want to know in your client’s place, and when it will be known].",
        ),
        "If we find that somebody else can help you better, we will say so, name them and pass on what we have.",
    ),
)

_TERMS = prose(
    "Conditions",
    document(
        bullets(
            "What we make for you is yours once it is paid. Methods that we bring stay ours; you may go on using "
            "them inside your organisation for as long as you like.",
            "Each of us keeps to itself what it learns about the other, also for three years after the work has "
            "ended. This protects both of us.",
            "Either of us may end the work with fourteen days’ notice, without a reason. Days worked until then are "
            "paid, and you get everything that exists by then.",
            "If we made a mistake, we put it right at our own cost. Beyond that, each of us answers for damage up to "
            "the total of this proposal, except where the law does not allow a limit.",
            "A change of scope or price counts once both of us have agreed to it in writing.",
            "The law of [country] applies.",
        ),
        "[Have these terms checked for your country, then delete this line. They are a fair start, not legal advice.]",
    ),
)


def _prices(amounts: Amounts) -> StarterSection:
    lines = (
        {
            "kind": "time",
            "title": "Understand: conversations and figures",
            "detail": "Twelve conversations, your figures, one page of findings",
            "role": "Consultant",
            "quantity": "8",
            "unit": "day",
            "discounts": [
                {
                    "type": "amount",
                    "value": amounts(950),
                    "reason": "scope_risk_shared",
                    "text": "You collect the figures in the form we send you, which saves us one day; "
                    "it ends if we have to collect them",
                }
            ],
        },
        {
            "kind": "time",
            "title": "Lead the work",
            "detail": "Preparation, findings, the two sessions, a talk with you every Friday",
            "role": "Partner",
            "quantity": "5",
            "unit": "day",
        },
        {
            "kind": "fixed",
            "title": "Decide: two working sessions",
            "detail": "Prepared, led and written up for up to twelve people each",
            "amount": amounts(2800),
        },
        {
            "kind": "time",
            "title": "Start: trial in one team",
            "detail": "Four weeks beside the person who leads it",
            "role": "Consultant",
            "quantity": "10",
            "unit": "day",
        },
        {
            "kind": "unit",
            "title": "Check-ins after the trial",
            "detail": "A visit of half a day with the team; take as many as you want, or none",
            "quantity": "2",
            "unit_label": "visits",
            "unit_price": amounts(520),
            "client_may_change_quantity": True,
            "quantity_min": "0",
            "quantity_max": "6",
        },
        {
            "kind": "fixed",
            "title": "Training for two of your people",
            "detail": "So that they can lead the next trial themselves",
            "amount": amounts(1900),
            "optional": True,
        },
        {
            "kind": "subscription",
            "title": "A person to call",
            "detail": "Two hours a month with one of us by telephone after the trial; price per month",
            "quantity": "1",
            "price": amounts(320),
            "periods": "6",
            "unit_label": "months",
            "optional": True,
        },
        {
            "kind": "expense",
            "title": "Travel",
            "detail": "Second class and simple hotels, with receipts, without any markup",
            "quantity": "6",
            "unit_label": "trips",
            "unit_cost": amounts(180),
        },
    )
    return pricing(
        "Pricing",
        document(
            "Days are estimates: you pay for those we work. The two sessions have a fixed price. Options that are not "
            "ticked are not in the total; tick one only if you want it.",
            amounts.tax_sentence,
        ),
        *lines,
    )


def _content(currency: str) -> StarterContent:
    amounts = Amounts(currency)
    return StarterContent(
        sections=(_SUMMARY, _TOLD, _WORK, _PEOPLE_AND_TIME, _prices(amounts), _BILLING, _UNKNOWN, _TERMS),
        rates=(
            {"role": "Partner", "rate": amounts(1350), "unit": "day"},
            {"role": "Consultant", "rate": amounts(950), "unit": "day"},
        ),
        taxes=amounts.taxes,
    )


CONSULTING = Starter(
    key="consulting",
    title="Consulting engagement",
    summary="Three steps with an exit after each, days billed as worked, travel at cost.",
    content=_content,
)
