"""The seller's verb for the payment schedule (pricing-spec 9.2)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import changing, money_told
from proposals.documents import contents, payment
from proposals.models import Instalment

INSTALMENTS_COUNT: Final = 60
"""How many instalments a schedule may have."""

PERIODS_COUNT: Final = 120
"""How many equal payments a schedule may have: ten years of months."""

NET_DAYS: Final = 365

Share = Instalment.Share
Due = Instalment.Due

INSTALMENT_EDITS: Final[dict[str, values.Parse]] = {
    "title": values.text(120, required=True),
    "share": values.one_of(list(Share.values)),
    "value": values.number(required=False),
    "count": values.whole(least=1, most=PERIODS_COUNT),
    "every": values.one_of(["", *Instalment.Every.values]),
    "due": values.one_of(list(Due.values)),
    "due_on": values.day,
    "net_days": values.whole(least=0, most=NET_DAYS),
    "acceptance": values.text(300),
}

PERIODIC: Final = (Due.PERIOD_START, Due.PERIOD_END)


def set_schedule(
    *, by: Actor, instalments: Sequence[Mapping[str, Any]], why: str = "", undoes: int | None = None
) -> list[Instalment]:
    """Replace the payment schedule; an empty list takes it out.

    Refused if the plan does not hold for the total as it stands (`percent_sum`, `schedule_sum_mismatch` ...), if a
    milestone has no acceptance test, or if a rule of when an instalment is due lacks its date. `undoes` is the number
    of the person's own event that this takes back.
    """
    planned = read_plan(instalments)
    with changing(by, "price") as change:
        was = [contents.instalment_content(row) for row in change.proposal.instalments.all()]
        change.proposal.instalments.all().delete()
        rows = []
        for row in planned:
            row.proposal = change.proposal
            row.save(force_insert=True)
            rows.append(row)
        now = [contents.instalment_content(row) for row in rows]
        if was != now:
            price = change.price()
            if rows:
                payment.require_fit(now, change.rows(), price)
            change.record("schedule.changed", was=was, now=now, **money_told(price, why, undoes))
        return rows


def read_plan(instalments: Sequence[Mapping[str, Any]]) -> list[Instalment]:
    """Instalments as they were given, as rows that are not saved. Raises Invalid naming the wrong one."""
    values.require_few("schedule", instalments, INSTALMENTS_COUNT)
    return [
        Instalment(position=position, **_sensible(_parsed(position, given), position, alone=len(instalments) == 1))
        for position, given in enumerate(instalments)
    ]


def _parsed(position: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of one instalment. A refusal names which one it is."""
    parsed: dict[str, Any] = {}
    for name, value in {"title": "", "share": "", "due": "", **given}.items():
        if name not in INSTALMENT_EDITS:
            raise values.refuse(
                f"schedule/{position}/{name}", "unknown_field", f"There is no field “{values.shown(name)}” here."
            )
        parsed[name] = INSTALMENT_EDITS[name](f"schedule/{position}/{name}", value)
    return parsed


def _sensible(fields: dict[str, Any], position: int, *, alone: bool) -> dict[str, Any]:
    """What counts for its share and its due rule, with the rest emptied, so that equal plans have equal rows."""
    title, share, due = fields["title"], fields["share"], fields["due"]

    def refuse(name: str, code: str, detail: str) -> Exception:
        return values.refuse(f"schedule/{position}/{name}", code, detail)

    kept = {"title": title, "share": share, "due": due, "net_days": fields.get("net_days")}
    if share == Share.PERIODS:
        if not alone:
            raise refuse(
                "share", "mixed_plan", f"“{title}” divides the whole: it can’t stand beside other instalments."
            )
        for name, words in {"count": "how many payments", "every": "how often", "due_on": "the first day"}.items():
            kept[name] = fields.get(name)
            if not kept[name]:
                raise refuse(name, "required", f"Say {words} for “{title}”.")
        if due not in PERIODIC:
            raise refuse("due", "unknown_value", f"“{title}” is due at the start or at the end of each period.")
        return kept
    if due in PERIODIC:
        raise refuse("due", "unknown_value", f"“{title}” has no period. Choose another day on which it is due.")
    if share != Share.REMAINDER:
        kept["value"] = fields.get("value")
        if kept["value"] is None:
            raise refuse("value", "bad_number", f"Say how much “{title}” is: write a number such as 30.")
    if due == Due.ON_DATE:
        kept["due_on"] = fields.get("due_on")
        if kept["due_on"] is None:
            raise refuse("due_on", "required", f"Write the date on which “{title}” is due.")
    if due == Due.MILESTONE:
        kept["acceptance"] = fields.get("acceptance", "")
        if not kept["acceptance"]:
            detail = f"Write what shows that “{title}” is reached: both sides will go by this test."
            raise refuse("acceptance", "required", detail)
    return kept
