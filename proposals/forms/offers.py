"""Forms for counter-offers."""

from urllib.parse import quote, unquote

from django import forms

from proposals.documents.discount_policy import Rules
from proposals.documents.offer_words import said
from proposals.documents.offered_terms import early_discount
from proposals.documents.targets import NO, NONE, OUT, YES, Target, kind_of
from proposals.documents.wording import cell_number
from proposals.forms.fields import amount_field, choice_field, day_field, text_field
from proposals.forms.pricing import grounds_fields
from proposals.models import Discount, Proposal

VALUE_HINT = "Such as 850. A discount: 10% or an amount, 0 for none. A date: 2027-03-01"
FIXED = ("removal", "option", "alternative")
"""The shapes whose value is said by the choice itself."""


class OfferForm(forms.Form):
    """What is proposed: one of the values that the other side may change, the new value, and why."""

    target = choice_field("What you propose a value for", [])
    value = text_field("Your value", VALUE_HINT, length=60)
    why = text_field("Why, in a sentence (may be empty)", "Both sides read it", length=300)

    def __init__(self, targets: list[tuple[Target, str]], proposal: Proposal, first: str = "") -> None:
        choices = [choice for target, was in targets for choice in _choices(target, was, proposal)]
        super().__init__(initial={"target": first})
        self.fields["target"].choices = choices  # type: ignore[attr-defined]
        if targets and all(shape_of(target) in FIXED for target, _ in targets):
            del self.fields["value"]


class AnswerForm(forms.Form):
    """Another value in answer."""

    value = text_field("Your value", VALUE_HINT, length=60)
    why = text_field("Why, in a sentence (may be empty)", "Both sides read it", length=300)


class EarlyForm(forms.Form):
    """What is less if it is paid early, and by when. Nothing of it for no such discount."""

    value = text_field("How much less", "10% or an amount; 0 for none", length=60)
    within_days = amount_field("Within how many days of the invoice", "Such as 10; or give a date")
    pay_by = day_field("Or by this date")
    why = text_field("Why, in a sentence (may be empty)", "Both sides read it", length=300)

    def __init__(self, standing: str, language: str) -> None:
        initial: dict[str, object] = {}
        if standing != NONE:
            discount = early_discount(standing)
            amount = cell_number(discount["value"], language)
            initial = {**discount, "value": f"{amount}%" if discount["type"] == "percent" else amount}
        super().__init__(initial=initial)


class SectionOfferForm(forms.Form):
    """A discount on a section."""

    value = text_field("The discount you propose", "10% or an amount; 0 for none", length=60)
    why = text_field("Why, in a sentence (may be empty)", "Both sides read it", length=300)


class DeclineForm(forms.Form):
    """Why not, which may be left out."""

    why = text_field("Why not, in a sentence (may be empty)", "Both sides read it", length=300)


class AcceptForm(forms.Form):
    """What a discount needs when it is accepted."""

    reason = choice_field("Reason of the discount", [("", "Choose the reason"), *Discount.Reason.choices])
    text = text_field("Why this client gets it, and what would end it", "The client reads this beside the amount")

    def __init__(self, said: str, rules: Rules | None, language: str, *, is_early: bool) -> None:
        super().__init__(initial={"text": said})
        if is_early:
            del self.fields["reason"]
        if rules is not None:
            self.fields |= grounds_fields(rules, language)


def shape_of(target: Target) -> str:
    """How the values of a target read."""
    kind = kind_of(target)
    return kind.shape if kind else ""


def target_from(written: str, line: str = "") -> tuple[Target, str]:
    """A choice of the form as sent: the target and, where the choice says it, the value."""
    field, _, rest = written.partition("/")
    group, _, value = rest.partition("/")
    return Target(field, line, unquote(group)), unquote(value)


def choice_key(target: Target, value: str = "") -> str:
    """A target as the form's choice writes it."""
    return f"{target.field}/{quote(target.group, safe='')}/{quote(value, safe='')}"


def _choices(target: Target, was: str, proposal: Proposal) -> list[tuple[str, str]]:
    kind = kind_of(target)
    if kind is None:
        return []
    if kind.shape == "removal":
        return [(choice_key(target, OUT), "Take the whole line out")]
    if kind.shape == "option":
        wanted, words = (NO, "Leave the option out") if was == YES else (YES, "Take the option")
        return [(choice_key(target, wanted), words)]
    if kind.shape == "alternative":
        return [(choice_key(target, was), f"{target.group}: {was}")]
    label = f"{kind.label[:1].upper()}{kind.label[1:]}"
    return [(choice_key(target), f"{label}, now {said(target, was, proposal)}")]
