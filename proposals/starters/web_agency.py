"""Starter for a web agency's project: days worked up to the days listed, and a care plan that nobody has to take."""

from .amounts import Amounts
from .content import Starter, StarterContent, StarterSection, pricing, prose
from .text import bullets, document, heading

_SUMMARY = prose(
    "Summary",
    document(
        "Your visitors come to [what most visitors want to do], and today [what stops them].",
        "We will make you a website on which they can do that on a telephone within a minute or two, and which your "
        "own people can keep up to date without asking us. We start on the date at the top of this page; the new "
        "site opens twelve weeks later.",
    ),
)

_TOLD = prose(
    "What you told us",
    document(
        "This is what we understood when we talked on [date]. Please correct whatever is wrong.",
        bullets(
            "Who visits your site, and what they look for: [three kinds of visitors].",
            "What doesn’t work today: [what visitors and your own people complain about].",
            "What must not get lost: [pages, search results, links from others].",
            "How you will know that it worked: [what you will count, and what it is today].",
        ),
        "Keeping your present site and repairing its worst pages is also possible, and cheaper. We will tell you "
        "after the first workshop if we think that it is enough.",
    ),
)

_BUILD = prose(
    "What we will build",
    document(
        bullets(
            "A structure and page plan, made with you and tried with five of your visitors before we design.",
            "Six page types, from the home page to the contact form, designed for telephone and desk.",
            "Editing for your own people: they add pages, pictures and news, and see them before others do.",
            "Your present pages moved over, with forwarding from every old address, so that links keep working.",
        ),
        "The site meets WCAG 2.2 AA. We check it by hand and with two people who use a screen reader, and you get "
        "the report.",
        heading("What we count on"),
        bullets(
            "One person on your side answers our questions within two working days and may say yes to a design.",
            "Texts and pictures for new pages reach us by the end of week 6.",
            "Two rounds of changes for each page type. A third one is possible and costs days.",
        ),
        heading("Not included"),
        bullets(
            "New texts, photographs and translations, unless you tick them below.",
            "A shop, a members’ area, or connections to other systems than [the one we talked about].",
            "Hosting fees. You hold the contract with the host, so that the site never depends on us.",
        ),
    ),
)

_TIMELINE = prose(
    "Timeline",
    document(
        bullets(
            "Weeks 1 and 2: two workshops, page plan, trial with five visitors.",
            "Weeks 3 to 5: design of the six page types. You see work in progress every Thursday.",
            "Weeks 6 to 10: building and moving pages. A preview is open to you all the time.",
            "Week 11: your people learn to edit; checks of speed and accessibility.",
            "Week 12: the site opens on a day you choose, and we are there for the two weeks after it.",
        ),
        "If texts or decisions come later than we count on, the opening moves by as much. We say so the day we see "
        "it, not in week 11.",
    ),
)

_BILLING = prose(
    "How billing works",
    document(
        "You pay for the days we work on design and building, and never for more days than the table lists. If it "
        "takes fewer, you pay less. If it takes more, we finish what is described here and carry the difference.",
        "The limit protects you only if we both know what “finished” means; that is why “What we will build” names "
        "it. The limit is not a target: you see the days used every Thursday. If you want something more, we agree "
        "on it and on its price first.",
        "We send one invoice a month, with the days. It is due after 30 days. The workshops have a fixed price, and "
        "what we buy for you is passed on at what it cost.",
    ),
)

_UNKNOWN = prose(
    "What we don’t know yet",
    document(
        bullets(
            "How many of your present pages are still needed. We count them with you in week 2; until then the "
            "number in the table is an estimate, and you can change it.",
            "How your other system hands over its contents. We try it in week 1. If it can’t, typing them in by "
            "hand is the way, and we tell you what that takes.",
            "How much traffic the opening day brings. Your host’s answer decides whether you need a larger plan.",
        ),
        "If you only need a few pages and nobody to edit them, a site builder for a small monthly fee serves you "
        "better than we do. We will gladly show you two.",
    ),
)

_TERMS = prose(
    "Conditions",
    document(
        bullets(
            "Everything we make for you is yours once it is paid: design, texts and code, without limit. Open-source "
            "parts keep their own licences, and we list them.",
            "Your data and your visitors’ data are yours from the first day. We use them for this work only and "
            "delete our copies when it ends.",
            "Either of us may end the work with fourteen days’ notice. Days worked until then are paid, and you get "
            "everything as it stands, in a form that another agency can go on with.",
            "For six months after the opening we repair our own mistakes without charge. Beyond that, each of us "
            "answers for damage up to the total of this proposal, except where the law does not allow a limit.",
            "We may say in public that we made the site only if you tell us so.",
            "The law of [country] applies.",
        ),
        "[Have these terms checked for your country, then delete this line. They are a fair start, not legal advice.]",
    ),
)


def _work_lines(amounts: Amounts) -> tuple[dict[str, object], ...]:
    return (
        {
            "kind": "fixed",
            "title": "Workshops and page plan",
            "detail": "Two workshops, page plan, trial with five visitors",
            "amount": amounts(2600),
            "discounts": [
                {
                    "type": "amount",
                    "value": amounts(300),
                    "reason": "other",
                    "text": "You invite the five visitors and lend us a room; it ends if we have to pay for them",
                }
            ],
        },
        {
            "kind": "time",
            "title": "Design",
            "detail": "Six page types, two rounds of changes each",
            "role": "Designer",
            "quantity": "9",
            "unit": "day",
            "certainty": "ceiling",
        },
        {
            "kind": "time",
            "title": "Building and checks",
            "detail": "Pages, editing, forwarding, speed and accessibility",
            "role": "Developer",
            "quantity": "14",
            "unit": "day",
            "certainty": "ceiling",
        },
        {
            "kind": "unit",
            "title": "Moving pages",
            "detail": "Text, pictures and forwarding; you decide which pages come along",
            "quantity": "40",
            "unit_label": "pages",
            "unit_price": amounts(18),
            "client_may_change_quantity": True,
            "quantity_min": "0",
            "quantity_max": "200",
        },
        {
            "kind": "expense",
            "title": "Fonts and pictures bought for you",
            "detail": "With receipts, without any markup; the licences are in your name",
            "quantity": "1",
            "unit_cost": amounts(240),
        },
    )


def _option_lines(amounts: Amounts) -> tuple[dict[str, object], ...]:
    return (
        {
            "kind": "unit",
            "title": "New texts",
            "detail": "Written after a talk with you, with one round of changes",
            "quantity": "6",
            "unit_label": "pages",
            "unit_price": amounts(220),
            "optional": True,
            "client_may_change_quantity": True,
            "quantity_min": "1",
            "quantity_max": "30",
        },
        {
            "kind": "fixed",
            "title": "A second language",
            "detail": "Everything made ready for it; the translation itself comes from you",
            "amount": amounts(1800),
            "optional": True,
        },
        {
            "kind": "subscription",
            "title": "Care plan",
            "detail": "Updates, backups, watching the site, two hours of changes a month; price per month",
            "quantity": "1",
            "price": amounts(190),
            "periods": "12",
            "unit_label": "months",
            "optional": True,
            "discounts": [
                {
                    "type": "amount",
                    "value": amounts(190, times=2),
                    "reason": "long_term",
                    "text": "Two months free when the year is paid in advance; it ends if you pay by the month",
                }
            ],
        },
    )


def _prices(amounts: Amounts) -> StarterSection:
    return pricing(
        "Pricing",
        document(
            "Days for design and building are the most you pay. Options that are not ticked are not in the total; the "
            "site works without any of them.",
            amounts.tax_sentence,
        ),
        *_work_lines(amounts),
        *_option_lines(amounts),
    )


def _content(currency: str) -> StarterContent:
    amounts = Amounts(currency)
    return StarterContent(
        sections=(_SUMMARY, _TOLD, _BUILD, _TIMELINE, _prices(amounts), _BILLING, _UNKNOWN, _TERMS),
        rates=(
            {"role": "Designer", "rate": amounts(780), "unit": "day"},
            {"role": "Developer", "rate": amounts(820), "unit": "day"},
        ),
        taxes=amounts.taxes,
    )


WEB_AGENCY = Starter(
    key="web_agency",
    title="Web agency project",
    summary="A website in twelve weeks, days worked up to a limit, options left for the client to choose.",
    content=_content,
)
