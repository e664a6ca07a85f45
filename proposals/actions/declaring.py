"""What a person fills in to sign, and everything that can be wrong with it, said at once."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from proposals.actions import values
from proposals.documents import consent
from proposals.documents.signatory import Mark
from proposals.exceptions import ChangedSince, FieldProblem, Invalid, Refusal

T = TypeVar("T")


@dataclass(frozen=True)
class Declaration:
    """What the person filled in: name and title for the contract, the mark, the tick, the code.

    `consent_version` is the version of the wording that stood beside the tick box. `passkey` is a passkey's answer as
    JSON text, in place of the code.
    """

    name: str
    title: str
    mark_kind: str
    mark: str
    consent: bool
    consent_version: str
    code: str
    passkey: str = ""


@dataclass(frozen=True)
class Declared:
    """A declaration that was read: what goes into the contract."""

    name: str
    title: str
    mark: Mark


def declared(declaration: Declaration) -> Declared:
    """Read it. Raises Invalid with everything that is wrong, not only the first, and ChangedSince for the wording."""
    wrong: list[Refusal] = []

    def checked(check: Callable[[], T]) -> T | None:
        try:
            return check()
        except (Invalid, ChangedSince) as refusal:
            wrong.append(refusal)
            return None

    name = checked(lambda: _name_of(declaration))
    title = checked(lambda: _title_of(declaration))
    mark = checked(lambda: _mark(declaration, name or ""))
    checked(lambda: _refuse_without_consent(declaration))
    if len(wrong) == 1:
        raise wrong[0]
    if name is None or title is None or mark is None:
        raise Invalid(
            f"{len(wrong)} things are missing or wrong, each marked at its place. Nothing was signed.",
            errors=[problem for refusal in wrong for problem in refusal.errors],
        )
    return Declared(name, title, mark)


def _name_of(declaration: Declaration) -> str:
    """The name for the contract: a text with letters, in any script."""
    name: str = values.text(200, required=True)("name", declaration.name)
    if not any(unicodedata.category(sign)[0] == "L" for sign in name):
        raise values.refuse(
            "name",
            "name_without_letters",
            f"“{values.shown(name)}” has no letters. Write your name as it should stand on the contract.",
        )
    return name


def _title_of(declaration: Declaration) -> str:
    """The role at the firm, which the person may sign for."""
    title: str = values.text(200)("title", declaration.title)
    if not any(character.isalnum() for character in title):
        raise values.refuse("title", "required", "Write your role as it should stand on the contract.")
    return title


def _refuse_without_consent(declaration: Declaration) -> None:
    """Raises Invalid without the tick, and ChangedSince if it was set beside another wording than today's."""
    if not declaration.consent:
        raise values.refuse("consent", "consent_required", "Tick that you have read the proposal and agree to sign.")
    if declaration.consent_version != consent.CURRENT.version:
        raise ChangedSince(
            "The wording that you agree to by signing has changed since you opened the page. Nothing was signed. "
            "Read the new one and tick it.",
            code="consent_changed",
            errors=[FieldProblem("consent", "consent_changed", "The wording has changed. Read it and tick it again.")],
        )


def _mark(declaration: Declaration, name: str) -> Mark:
    """The drawing, if it can be read and is more than a dot, or the name as it was typed."""
    if declaration.mark_kind == "drawn":
        drawn = Mark("drawn", declaration.mark)
        drawn.strokes()
        return drawn
    return Mark("typed", values.text(200)("mark", declaration.mark) or name)
