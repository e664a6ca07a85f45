"""Starter for a managed IT service: a monthly price for each workplace, and a way out that is described as well."""

from .amounts import Amounts
from .content import Starter, StarterContent, StarterSection, pricing, prose
from .text import bullets, document, heading

_SUMMARY = prose(
    "Summary",
    document(
        "You want your [25] workplaces and your servers to work without anybody in your firm having to think about "
        "them. Today [what goes wrong, and what it costs you].",
        "We will take over the care of your computers, servers, backups and network for a price per workplace and "
        "month that you know beforehand. Your people get one number to call. You can leave again: what happens then "
        "is written down here too.",
    ),
)

_TOLD = prose(
    "What you told us",
    document(
        "This is what we understood when we looked around on [date]. Please correct whatever is wrong.",
        bullets(
            "What you have: [workplaces, servers, sites, programs that the firm can’t do without].",
            "What goes wrong today: [the three things your people complain about most].",
            "How long you can go without it: [mail, files and your main program, in hours].",
            "Who looks after it now, and until when: [a person or firm].",
        ),
        "If somebody in your firm would like to learn this work, a part-time colleague may serve you better than a "
        "contract. We are glad to work that through with you.",
    ),
)

_SERVICE = prose(
    "What the service covers",
    document(
        bullets(
            "Help for your people by telephone, mail or at the desk, Monday to Friday from 8 to 18.",
            "Updates and protection for every computer and server, watched all the time and installed within 14 "
            "days, urgent ones within two.",
            "A backup every night, kept for 90 days in another place. We restore a sample every month and show you "
            "the result.",
            "Accounts for people who come, change and leave, done within one working day.",
            "A list of everything you have, with its age, kept up to date and open to you at any time.",
        ),
        heading("How fast we are"),
        bullets(
            "Nobody can work: we begin within one hour.",
            "One person can’t work: we begin within four hours.",
            "Everything else: by the end of the next working day.",
        ),
        "These are times until somebody works on it; how long a repair takes we can’t promise. We report every month "
        "how often we kept them.",
        heading("What we count on"),
        bullets(
            "Computers are less than six years old and their makers still update them. We name those that are not.",
            "One person on your side may order and approve, and tells us about comings and goings.",
            "We get every password and contract that is needed, from you or from those who look after it now.",
        ),
        heading("Not included"),
        bullets(
            "New equipment and licences. We tell you what they cost before we order, and pass them on at cost.",
            "Programs of other makers: we call them for you, but can’t repair what they made.",
            "Moves, new sites and other projects. They get a proposal of their own.",
        ),
    ),
)

_TAKE_OVER = prose(
    "How we take over",
    document(
        "We start on the date at the top of this page, and the service runs for twelve months from the day it is "
        "complete.",
        bullets(
            "Week 1: we list what you have and talk to those who look after it now.",
            "Week 2: backups first. Nothing else is touched until a restore has worked.",
            "Weeks 3 and 4: every computer gets our tools, at a time that suits the person who uses it.",
            "Week 5: your people get the number to call, and the service is complete.",
        ),
        "The monthly price begins in week 5, not before.",
    ),
)

_BILLING = prose(
    "How billing works",
    document(
        "You pay a set price a month for each workplace and each server, whether much or little goes wrong. In a "
        "quiet month that is good for us; in a bad one it is good for you.",
        "You should know that we earn more when we do less. So we report every month what happened, how fast we "
        "were and what the backups showed, and you can compare.",
        "We send the invoice at the start of each month for the workplaces you have on that day. It is due after 14 "
        "days. People who leave reduce it from the next month on. The price stays as it is for twelve months; if it "
        "is to change after that, we tell you three months before, with the reason.",
        "Taking over is billed in days worked, as an estimate. Equipment is passed on at what it cost us.",
    ),
)

_UNKNOWN = prose(
    "What we don’t know yet",
    document(
        bullets(
            "What state the old backups are in. We try a restore in week 1. If it fails, we make new ones before "
            "anything else, which may take two more days.",
            "Whether the network holds up. We measure it in week 2 and tell you what we would replace, what can wait, "
            "and why.",
            "How well things are documented today: [what you know about it]. The days for taking over depend on it.",
        ),
    ),
)

_TERMS = prose(
    "Conditions",
    document(
        bullets(
            "The service runs for twelve months and then from month to month. From the seventh month on, either of "
            "us may end it with three months’ notice.",
            "When it ends, you get all passwords, lists and backups within five working days, and we answer the "
            "questions of whoever comes after us for a month, without charge.",
            "Your data are yours. We look at them only as far as the work needs it, keep to ourselves what we see, "
            "and sign the data-processing agreement that the law asks for.",
            "If we miss a promised time three times in a month, you pay a tenth less for that month.",
            "Each of us answers for damage up to the price of twelve months, except where the law does not allow a "
            "limit. Backups protect you better than any clause: that is why we test them.",
            "The law of [country] applies.",
        ),
        "[Have these terms checked for your country, then delete this line. They are a fair start, not legal advice.]",
    ),
)


def _service_lines(amounts: Amounts) -> tuple[dict[str, object], ...]:
    return (
        {
            "kind": "subscription",
            "title": "Managed workplaces",
            "detail": "Help, updates, protection and accounts; price per workplace and month",
            "quantity": "25",
            "price": amounts(48),
            "periods": "12",
            "unit_label": "months",
            "client_may_change_quantity": True,
            "quantity_min": "5",
            "quantity_max": "100",
        },
        {
            "kind": "subscription",
            "title": "Managed servers",
            "detail": "Updates, watching, nightly backup kept for 90 days; price per server and month",
            "quantity": "2",
            "price": amounts(140),
            "periods": "12",
            "unit_label": "months",
        },
        {
            "kind": "time",
            "title": "Taking over: list, tools, settings",
            "detail": "On site and from our office",
            "role": "Engineer",
            "quantity": "36",
            "unit": "hour",
            "discounts": [
                {
                    "type": "amount",
                    "value": amounts(95, times=6),
                    "reason": "scope_risk_shared",
                    "text": "You give us an up-to-date list of equipment and contracts, which saves us six hours; "
                    "it ends if we have to make the list",
                }
            ],
        },
        {
            "kind": "fixed",
            "title": "First restore test",
            "detail": "A server and two workplaces restored, with a report of what came back",
            "amount": amounts(650),
        },
        {
            "kind": "expense",
            "title": "Firewall",
            "detail": "Bought for you at cost; it belongs to you. The model is named before we order",
            "quantity": "1",
            "unit_cost": amounts(780),
        },
        {
            "kind": "allowance",
            "title": "Cables and small parts",
            "detail": "Set aside; spent only with your word, and what is left is not billed",
            "amount": amounts(300),
        },
    )


def _option_lines(amounts: Amounts) -> tuple[dict[str, object], ...]:
    return (
        {
            "kind": "subscription",
            "title": "Nights and weekends",
            "detail": "Somebody answers at any hour when nobody can work; price per month",
            "quantity": "1",
            "price": amounts(290),
            "periods": "12",
            "unit_label": "months",
            "optional": True,
        },
        {
            "kind": "unit",
            "title": "Training: spotting false mails",
            "detail": "Ninety minutes for up to fifteen people",
            "quantity": "2",
            "unit_label": "sessions",
            "unit_price": amounts(380),
            "optional": True,
            "client_may_change_quantity": True,
            "quantity_min": "1",
            "quantity_max": "6",
        },
    )


def _prices(amounts: Amounts) -> StarterSection:
    return pricing(
        "Pricing",
        document(
            "The table shows the first twelve months. You may change the number of workplaces; later you pay for those "
            "you have. Options that are not ticked are not in the total.",
            amounts.tax_sentence,
        ),
        *_service_lines(amounts),
        *_option_lines(amounts),
    )


def _content(currency: str) -> StarterContent:
    amounts = Amounts(currency)
    return StarterContent(
        sections=(_SUMMARY, _TOLD, _SERVICE, _TAKE_OVER, _prices(amounts), _BILLING, _UNKNOWN, _TERMS),
        rates=({"role": "Engineer", "rate": amounts(95), "unit": "hour"},),
        taxes=amounts.taxes,
    )


MANAGED_IT = Starter(
    key="managed_it",
    title="Managed IT service",
    summary="A monthly price for each workplace, response times, tested backups and a written way out.",
    content=_content,
)
