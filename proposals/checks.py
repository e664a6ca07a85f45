"""System checks: `manage.py check --deploy` also says what would keep people from signing."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from proposals.documents.signing_checks import problems


def signing_is_possible(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Every problem as a message with its remedy."""
    return [
        (Error if problem.blocks else Warning)(problem.sentence, hint=problem.remedy, id=f"sameside.{problem.code}")
        for problem in problems()
    ]
