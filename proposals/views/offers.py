"""Counter-offers: proposing a value, and answering one."""

import uuid

from django import forms

from proposals.actions import offers
from proposals.documents import contents
from proposals.documents.discount_policy import rules_of
from proposals.documents.gates import price_keys
from proposals.documents.price_document import price_of
from proposals.documents.targets import NONE, Target, groups_of, standing_value, target_of
from proposals.exceptions import NotFound
from proposals.forms.offers import AcceptForm, AnswerForm, DeclineForm, OfferForm, choice_key, shape_of, target_from
from proposals.fragments.offers import effect_of, proposable
from proposals.models import CounterOffer, LineItem, Side
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.finding import one
from proposals.views.price_rows import name_grounds

TOLD = "The other side sees it at once, with what the total would be, and accepts, answers or declines. "


class OfferMake(Panel):
    """Proposing a value for a line."""

    ability = "propose"

    def text(self, *, line_id: uuid.UUID) -> PanelText:
        """Heading."""
        line: LineItem = one(LineItem.objects.filter(section__proposal=self.proposal), line_id)
        return PanelText(f"Propose another value: {line.title}", TOLD + "Nothing changes before.", "Propose it")

    def form(self, *, line_id: uuid.UUID) -> forms.Form:
        """The values of the line that are the other side's."""
        rows = contents.load(self.proposal)
        price = price_of(rows, with_range=False)
        targets = proposable(rows, price, str(line_id), self.actor.side)
        if not targets:
            raise NotFound("There is nothing on this line that the other side alone may change.")
        named = [(target, standing_value(rows, price, target) or "") for target in targets]
        asked = Target(self.request.GET.get("field", ""), str(line_id))
        return OfferForm(named, self.proposal, choice_key(asked))

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Propose it."""
        return propose(self, str(line_id))


class OfferMakeWhole(Panel):
    """Proposing a value for the whole: a discount, a date, hours in a day, or one of several alternatives."""

    ability = "propose"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText("Propose a value for the whole", TOLD + "Nothing changes before.", "Propose it")

    def form(self) -> forms.Form:
        """What this side may propose."""
        rows = contents.load(self.proposal)
        price = price_of(rows, with_range=False)
        names = ["starts_on", "offer_until"]
        if self.actor.side == Side.CLIENT:
            names = ["discount", *names, "hours_per_day"]
        named = [(target, standing_value(rows, price, target) or "") for target in map(Target, names)]
        if self.actor.side == Side.SELLER:
            chosen = self.proposal.choices
            named = [
                (Target("alternative", group=group), option)
                for group, options in groups_of(rows).items()
                for option in options
                if option != chosen.get(group)
            ] + named
        asked = next((choice_key(row, was) for row, was in named if row.group == self.request.GET.get("group")), "")
        return OfferForm(named, self.proposal, asked)

    def act(self) -> Outcome:
        """Propose it."""
        return propose(self, "")


def propose(view: Panel, line: str) -> Outcome:
    """What both panels send."""
    sent = view.request.POST
    target, said = target_from(sent.get("target", ""), line)
    value = said or entered_value(view, target, sent.get("value", ""))
    offers.propose(by=view.actor, target=target, value=value, why=sent.get("why", ""))
    return Outcome(close="panel", said=view.entered.sentences)


def entered_value(view: Panel, target: Target, written: str) -> str:
    """A value as written, its number read as people write them in their country; a day stays as it is."""
    shape = shape_of(target)
    if shape in ("money", "number", "percent"):
        field = {"money": "amount", "percent": "percent"}.get(shape, "quantity")
        return view.entered.number("value", written, field=field)
    if shape == "discount":
        percent = written.strip().endswith("%")
        number = view.entered.number("value", written, field="percent" if percent else "amount")
        return f"{number}%" if percent else number
    return written


class OfferPanel(Panel):
    """An answer to a counter-offer."""

    ability = "propose"

    def offer(self, offer_id: uuid.UUID) -> CounterOffer:
        """The counter-offer, or 404."""
        found: CounterOffer = one(CounterOffer.objects.filter(proposal=self.proposal), offer_id)
        return found

    def said(self, offer: CounterOffer) -> str:
        """The counter-offer and its effect in sentences."""
        rows = contents.load(self.proposal)
        _, effect = effect_of(offer, rows, price_of(rows, with_range=False)) if offer.is_open else ("", "")
        about = f" for “{offer.title}”" if offer.title else ""
        why = f" “{offer.why}”" if offer.why else ""
        return f"{offer.offered_by_name} proposes {offer.words}{about}.{why} {effect}"


class OfferAnswer(OfferPanel):
    """Another value."""

    def text(self, *, offer_id: uuid.UUID) -> PanelText:
        """Heading."""
        offer = self.offer(offer_id)
        return PanelText(f"Answer {offer.offered_by_name}", self.said(offer), "Propose this instead")

    def form(self, *, offer_id: uuid.UUID) -> forms.Form:
        """The value."""
        return AnswerForm()

    def act(self, *, offer_id: uuid.UUID) -> Outcome:
        """Answer."""
        sent, offer = self.request.POST, self.offer(offer_id)
        value = entered_value(self, target_of(offer), sent.get("value", ""))
        offers.answer(by=self.actor, offer_id=offer_id, value=value, why=sent.get("why", ""))
        return Outcome(close="panel", said=self.entered.sentences)


class OfferDecline(OfferPanel):
    """No."""

    def text(self, *, offer_id: uuid.UUID) -> PanelText:
        """Heading."""
        offer = self.offer(offer_id)
        return PanelText(f"Decline what {offer.offered_by_name} proposes", self.said(offer), "Decline it")

    def form(self, *, offer_id: uuid.UUID) -> forms.Form:
        """Why not."""
        return DeclineForm()

    def act(self, *, offer_id: uuid.UUID) -> Outcome:
        """Decline."""
        offers.decline(by=self.actor, offer_id=offer_id, why=self.request.POST.get("why", ""))
        return Outcome(close="panel")


class OfferAccept(OfferPanel):
    """Yes. A discount gets its reason and sentence here."""

    def text(self, *, offer_id: uuid.UUID) -> PanelText:
        """Heading."""
        offer = self.offer(offer_id)
        return PanelText(f"Accept what {offer.offered_by_name} proposes", self.said(offer), "Accept it")

    def touched(self, *, offer_id: uuid.UUID) -> list[str]:
        """What the value stands in."""
        offer = self.offer(offer_id)
        return price_keys(self.proposal, offer.line.section_id if offer.line is not None else offer.section_id)

    def form(self, *, offer_id: uuid.UUID) -> forms.Form:
        """The reason of a discount and what it rests on; nothing else needs one."""
        offer = self.offer(offer_id)
        if offer.field not in ("discount", "early_payment") or offer.value == NONE:
            return forms.Form()
        rules, is_early = rules_of(self.proposal), offer.field == "early_payment"
        return AcceptForm(offer.why, rules, self.proposal.language, is_early=is_early)

    def act(self, *, offer_id: uuid.UUID) -> Outcome:
        """Accept."""
        sent = self.request.POST
        grounds = {name: sent.get(name, "") for name in ("reason", "text", "policy_line", "exception")}
        name_grounds("", grounds)
        offers.accept(by=self.actor, offer_id=offer_id, **grounds)
        return Outcome(close="panel")


class OfferWithdraw(CommandView):
    """Taking one's own side's counter-offer back."""

    def act(self, *, offer_id: uuid.UUID) -> Outcome:
        """Take it back."""
        offers.withdraw(by=self.actor, offer_id=offer_id)
        return Outcome()
