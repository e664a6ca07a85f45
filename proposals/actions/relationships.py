"""Relationships: one firm sells to another. A proposal makes one by itself; a program may begin it before."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import Firm, User
from proposals.actions import values
from proposals.actions.changing import check_version
from proposals.actions.clients import ClientContact, checked_contact, firm_of, person_of
from proposals.actions.keys import lock_keys_of, require_free
from proposals.exceptions import NotFound, WrongState
from proposals.locking import writing
from proposals.models import Relationship


def begin_relationship(
    *,
    firm: Firm,
    by: User | None,
    client: ClientContact,
    external_id: str = "",
    metadata: Mapping[str, str] | None = None,
) -> Relationship:
    """Note that a firm sells to a client, before there is a proposal. Nobody is mailed.

    The client's firm is found as for a proposal. Raises WrongState with code `already_there` and the id in
    `relationship` if the two work together already.
    """
    fields = values.parse_all(values.KEY_EDITS, {"external_id": external_id, "metadata": metadata or {}})
    contact = checked_contact(client)
    with writing():
        rows = Relationship.objects.filter(seller_firm=lock_keys_of(firm))
        require_free(rows, fields["external_id"])
        other = firm_of(firm, person_of(contact, by), contact.firm or contact.name)
        standing = rows.filter(client_firm=other).first()
        if standing is not None:
            raise WrongState(
                f"{firm.name} and {other.name} work together already. Change what stands there. Nothing was changed.",
                code="already_there",
                extra={"relationship": str(standing.id)},
            )
        return Relationship.objects.create(seller_firm=firm, client_firm=other, **fields)


def set_relationship_keys(
    *, firm: Firm, relationship_id: uuid.UUID, changes: Mapping[str, Any], expected_version: int | None = None
) -> Relationship:
    """Change the keys of programs; the seller's own."""
    with writing():
        rows = Relationship.objects.filter(seller_firm=lock_keys_of(firm))
        row = _standing(rows, relationship_id)
        check_version(row.version, expected_version, "relationship")
        parsed = values.parse_all(values.KEY_EDITS, changes)
        differing = {name: value for name, value in parsed.items() if getattr(row, name) != value}
        require_free(rows, differing.get("external_id", ""))
        if differing:
            for name, value in {**differing, "version": row.version + 1}.items():
                setattr(row, name, value)
            row.save(update_fields=[*differing, "version"])
        return row


def forget_relationship(*, firm: Firm, relationship_id: uuid.UUID, expected_version: int | None = None) -> None:
    """Take a relationship out that has no proposals. What was ever proposed stays, also what ended with a no.

    The files in which it was taken along go with it.
    """
    with writing():
        row = _standing(Relationship.objects.filter(seller_firm=lock_keys_of(firm)), relationship_id)
        check_version(row.version, expected_version, "relationship")
        if row.proposals.exists():
            raise WrongState(
                "There are proposals in this relationship; they stay on record, and so does it. Nothing was changed.",
                code="has_proposals",
            )
        names = [name for name in row.exports.values_list("name", flat=True) if name]
        row.delete()
        transaction.on_commit(partial(_forget_files, names), robust=True)


def _forget_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _standing(rows: Any, relationship_id: uuid.UUID) -> Relationship:
    row: Relationship | None = rows.filter(id=relationship_id).first()
    if row is None:
        raise NotFound()
    return row
