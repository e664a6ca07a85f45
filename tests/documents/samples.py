"""Snapshots as `documents.snapshot` makes them: the proposal of the demo, and a hostile one. All values are fixed."""

import hashlib
from typing import Any

import rfc8785

from proposals.pricing import ENGINE_VERSION, calculate

Json = dict[str, Any]

VAT = {"id": "vat", "label": "VAT 21%", "jurisdiction": "NL", "category": "S", "rate": "21", "note": ""}
CARD = [{"role": "designer", "rate": "900.00", "unit": "day", "from": "2026-01-01", "to": None}]

NORTHLIGHT = {
    "name": "Northlight Studio",
    "legal_name": "Northlight Studio B.V.",
    "address": "Prinsengracht 214\n1016 HD Amsterdam\nThe Netherlands",
    "registration": "KvK 71283946",
}
CLINIC = {
    "name": "Harbour Street Clinic",
    "legal_name": "Harbour Street Clinic Ltd",
    "address": "12 Harbour Street\nCork T12 XY45\nIreland",
    "registration": "CRO 604418",
}


def paragraph(text: str) -> Json:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}] if text else []}


def document(*blocks: Json) -> Json:
    return {"type": "doc", "content": list(blocks)}


def bullets(*texts: str) -> Json:
    return {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(text)]} for text in texts]}


def off(kind: str, value: str, reason: str, text: str, **more: Any) -> Json:
    return {"type": kind, "value": value, "reason": reason, "text": text, **more}


def line(key: str, kind: str, title: str, detail: str, **fields: Any) -> Json:
    return {
        "id": key,
        "kind": kind,
        "title": title,
        "detail": detail,
        "unit_label": "",
        "taxes": ["vat"],
        "discounts": [],
        "optional": False,
        "selected": False,
        **fields,
    }


def prose(key: str, title: str, *blocks: Json) -> Json:
    return {"id": key, "title": title, "kind": "prose", "text": document(*blocks)}


def priced(key: str, title: str, lines: list[Json], *blocks: Json) -> Json:
    text = document(*blocks)
    return {"id": key, "title": title, "kind": "pricing", "text": text, "lines": lines, "discounts": []}


def demo_lines() -> list[Json]:
    """The price table of the demo: €23,038.40 with tax, every line but training discountable for a reason."""
    day: Json = {"role": "designer", "unit": "day", "certainty": "firm"}
    return [
        line(
            "l1", "time", "Discovery and planning", "Two workshops, patient interviews, page plan", quantity="3", **day
        ),
        line(
            "l2",
            "time",
            "Booking portal",
            "Design, build and accessibility testing",
            quantity="14",
            discounts=[off("percent", "10", "launch_reference", "Launch partner: you agree to a case study")],
            **day,
        ),
        line(
            "l3",
            "time",
            "Patient record migration",
            "Import, checks and one rehearsal",
            quantity="4",
            discounts=[off("amount", "400.00", "scope_risk_shared", "You supply a clean export")],
            **day,
        ),
        line(
            "l4",
            "unit",
            "Staff training",
            "Two sessions at the clinic",
            quantity="2",
            unit_price="450.00",
            unit_label="sessions",
            certainty="firm",
            discounts=[off("percent", "100", "bundled", "Included with the portal")],
        ),
        line(
            "l5",
            "subscription",
            "Care plan",
            "Monitoring, fixes and two hours a month",
            price="180.00",
            periods="12",
            unit_label="months",
            optional=True,
            selected=True,
            discounts=[off("amount", "360.00", "long_term", "Two months free when paid yearly")],
        ),
    ]


def extra_lines() -> list[Json]:
    """Lines that show what the demo's do not: an option not taken, an estimate, an expense with markup."""
    return [
        line("l6", "fixed", "Second language", "The portal in Irish", amount="2400.00", optional=True, selected=False),
        line("l7", "expense", "Hosting at cost", "", quantity="12", unit_cost="35.00", markup_percent="0"),
    ]


def demo_sections(lines: list[Json]) -> list[Json]:
    return [
        prose(
            "s1",
            "Summary",
            paragraph(
                "Your front desk answers about ninety booking calls a day, and a third of callers hang up before "
                "anyone can pick up. We will give patients a portal that books, moves and cancels visits on a phone in "
                "under a minute, and connect it to the calendar you already use."
            ),
        ),
        prose(
            "s2",
            "What we will build",
            bullets(
                "Online booking for four visit types, with the rules each clinician sets.",
                "Reminders by text and email, with a one-tap way to move a visit.",
                "A front-desk view that shows the same day for phone and online bookings.",
            ),
            paragraph("The portal will meet WCAG 2.2 AA, checked with two patients who use screen readers."),
        ),
        prose(
            "s3",
            "Timeline",
            paragraph(
                "We start on 12 January and open the portal to your staff on 2 March. Patients can book from 16 March, "
                "once two weeks at the front desk have gone by without a double booking."
            ),
        ),
        priced("s4", "Pricing", lines, paragraph("All prices are in euro. What we don't know yet is marked.")),
        prose(
            "s5",
            "How billing works",
            paragraph(
                "We send one invoice a month for the days worked. You pay €900 for each day and never for more than 24 "
                "days. If it takes fewer, you pay less; if it takes more, we carry the difference."
            ),
        ),
        prose(
            "s6",
            "Terms",
            paragraph(
                "The clinic owns the portal and its data from the first day. Either party may end the work with "
                "fourteen days’ notice; days worked until then are paid."
            ),
        ),
    ]


def snapshot(sections: list[Json], **changes: Any) -> Json:
    """A whole snapshot around sections: calculated, fingerprinted, agreed by both, with one signature on each side."""
    discounts = changes.pop("discounts", [])
    terms = {
        "currency": "EUR",
        "price_basis": "exclusive",
        "tax_rounding": "group",
        "price_date": "2026-11-21",
        "hours_per_day": "8",
    }
    document_to_price = {
        **terms,
        "rate_card": CARD,
        "taxes": [VAT],
        "sections": [
            {"id": section["id"], "lines": section["lines"], "discounts": section["discounts"]}
            for section in sections
            if section["kind"] == "pricing"
        ],
        "discounts": discounts,
        "choices": {},
    }
    result = calculate("price", {"document": document_to_price})
    results = {row["id"]: row for row in result["lines"]}
    with_results = [
        {**section, "lines": [{**row, "result": results[row["id"]]} for row in section["lines"]]}
        if section["kind"] == "pricing"
        else section
        for section in sections
    ]
    fingerprinted = [
        {**section, "fingerprint": f"v1:{hashlib.sha256(rfc8785.dumps(section)).hexdigest()}"}
        for section in with_results
    ]
    terms_fingerprint = f"v1:{hashlib.sha256(b'terms').hexdigest()}"
    keys = [(f"section:{section['id']}", section["fingerprint"]) for section in fingerprinted]
    content: Json = {
        "format": "sameside.revision.v1",
        "proposal": {
            "id": "0192f3a4-7c1e-7a52-9b1e-3f6f0a2d4c11",
            "title": "A booking portal your patients can use without calling",
            "language": "en",
            **terms,
            "starts_on": "2027-01-12",
            "offer_until": "2026-12-19",
        },
        "revision": {"number": 1, "frozen_at": "2026-12-09T10:58:41Z", "engine_version": ENGINE_VERSION},
        "parties": {"seller": NORTHLIGHT, "client": CLINIC},
        "signature_slots": [{"slot": "seller-1", "side": "seller"}, {"slot": "client-1", "side": "client"}],
        "sections": fingerprinted,
        "pricing": {
            "rate_card": CARD,
            "taxes": [VAT],
            "discounts": discounts,
            "choices": {},
            "result": result,
        },
        "terms_fingerprint": terms_fingerprint,
        "questions": [
            {
                "section": "s4" if any(section["id"] == "s4" for section in sections) else None,
                "about": "Patient record migration",
                "text": "Which system will the export come from? It decides the discount.",
                "blocking": False,
                "state": "open",
                "asked_by": "Maya Lindqvist",
                "side": "seller",
                "replies": [{"by": "Tomás Reyes", "side": "client", "text": "MediBook 4; we ask them this week."}],
            }
        ],
        "agreements": [
            {"part": key, "side": side, "name": name, "fingerprint": fingerprint, "agreed_at": "2026-12-08T16:20:09Z"}
            for key, fingerprint in [*keys, ("terms", terms_fingerprint)]
            for side, name in (("seller", "Maya Lindqvist"), ("client", "Tomás Reyes"))
        ],
        "audit": {"epoch": 1, "number": 214, "hash": hashlib.sha256(b"chain head").hexdigest()},
    }
    return {**content, **changes}


def demo_snapshot() -> Json:
    """The proposal of the demo, agreed and frozen, with one open question."""
    return snapshot(demo_sections(demo_lines()))


def rich_snapshot() -> Json:
    """The demo with an option not taken, an estimate and an early-payment offer, and two cards of open books."""
    offer = off("percent", "2", "early_payment", "It saves us a reminder", conditional=True, within_days=10)
    listed = {"policy_line": "2", "policy_version": 1, "policy_words": "Early payment: up to 2%, on every invoice"}
    offer |= listed
    return snapshot(demo_sections([*demo_lines(), *extra_lines()]), discounts=[offer], disclosures=disclosures())


def disclosures() -> list[Json]:
    """A rate build-up and who does which share, as they were published."""
    rate = {
        "currency": "EUR",
        "direct_cost_per_hour": "57.65",
        "overhead_percent": "60",
        "target_margin_percent": "20",
        "round_rate": {"increment": "5", "mode": "up"},
    }
    staffing = [
        {"role": "Designer", "tier": "senior", "hours": "30", "rate": "120"},
        {"role": "Developer", "tier": "junior", "hours": "70", "rate": "90"},
    ]
    mix = {"currency": "EUR", "staffing": staffing}
    told = {"version": 1, "by": "Maya Lindqvist", "published_at": "2026-12-01T09:00:00Z"}
    return [
        {
            "kind": "build_up",
            "title": "Designer",
            "context": "Four people with ten years each.",
            "given": rate,
            "result": calculate("build_up", rate),
            **told,
        },
        {
            "kind": "leverage",
            "title": "Who works on this",
            "context": "Seniors decide, juniors build.",
            "given": mix,
            "result": calculate("leverage", mix),
            **told,
        },
    ]


def hostile_snapshot() -> Json:
    """Whatever people may put in: endless words, a 300-character title, other scripts, 200 lines, empty sections."""
    endless = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 5
    rows = [
        line(f"r{number}", "fixed", f"Position {number}", endless[: 200 if number < 10 else 0], amount=f"{number}.05")
        for number in range(200)
    ]
    sections = [
        prose("h1", "<script>alert(1)</script> & “quotes”", paragraph("<b>not bold</b> &amp; {{ not.a.template }}")),
        prose("h2", "Нэг гарчиг, Ελληνικά, Việt Nam", paragraph(endless), paragraph("")),
        prose("h3", endless[:200]),
        priced("h4", "Many lines", rows),
        priced("h5", "No lines", []),
    ]
    content = snapshot(sections)
    content["proposal"]["title"] = ("Long title " * 40)[:300]
    content["parties"] = {
        "seller": {"name": "Żółć & Söhne", "legal_name": "", "address": "", "registration": ""},
        "client": {
            "name": "Ελληνική Εταιρεία",
            "legal_name": "ООО «Ромашка и сыновья»",
            "address": endless,
            "registration": "",
        },
    }
    slots = [{"slot": f"client-{number}", "side": "client"} for number in range(1, 6)]
    content["signature_slots"] = [{"slot": "seller-1", "side": "seller"}, *slots]
    content["agreements"] = []
    return content
