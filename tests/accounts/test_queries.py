"""Prepared queries: written once, asked with other keys, read as any queryset."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, Firm
from accounts.queries import Prepared, keep_related
from tests import factories

pytestmark = pytest.mark.django_db


def named(name, key):
    return Firm.objects.filter(name=name, id=key).order_by("-id")[:1]


def test_it_finds_what_the_query_itself_finds():
    firms = [Firm.objects.create(name=name) for name in ("Ada", "Ada", "Grace")]
    prepared = Prepared(named, str, uuid.UUID)
    for firm in firms:
        for name in ("Ada", "Grace"):
            assert list(prepared(name, firm.id)) == list(named(name, firm.id))
    assert prepared.one("Ada", firms[2].id) is None
    assert prepared.one("Grace", firms[2].id) == firms[2]


def test_it_sends_the_same_sql_with_the_keys_as_parameters():
    firm = Firm.objects.create(name="%s' OR 1=1 --")
    prepared = Prepared(named, str, uuid.UUID)
    sent = []
    for ask in (prepared, prepared, named):
        with CaptureQueriesContext(connection) as seen:
            assert list(ask(firm.name, firm.id)) == [firm]
        sent += [query["sql"] for query in seen.captured_queries]
    assert sent == [sent[0]] * 3
    assert list(prepared("Ada", firm.id)) == []


def test_related_rows_come_along():
    member = factories.membership()
    token, secret = ApiToken.issue(firm=member.firm, user=member.user, name="t", scopes=[])
    prepared = Prepared(lambda digest: ApiToken.objects.select_related("user", "firm").filter(digest=digest), str)
    found = prepared.one(ApiToken.digest_of(secret))
    with CaptureQueriesContext(connection) as seen:
        assert (found, found.user.email, found.firm.name) == (token, member.user.email, member.firm.name)
    assert seen.captured_queries == []


def test_values_come_as_from_the_queryset():
    firm = Firm.objects.create(name="Ada")
    prepared = Prepared(lambda key: Firm.objects.filter(id=key).values_list("id", "name"), uuid.UUID)
    assert list(prepared(firm.id)) == [(firm.id, "Ada")]


def test_it_is_not_refined():
    prepared = Prepared(lambda key: Firm.objects.filter(id=key), uuid.UUID)
    with pytest.raises(TypeError, match="read as it is"):
        prepared(uuid.uuid4()).filter(name="Ada")


def test_a_key_that_is_no_parameter_is_noticed():
    prepared = Prepared(lambda key: Firm.objects.filter(name="Ada"), uuid.UUID)
    with pytest.raises(AssertionError, match="Not every key"):
        prepared(uuid.uuid4())


def test_it_takes_exactly_its_keys():
    prepared = Prepared(named, str, uuid.UUID)
    with pytest.raises(ValueError, match="zip"):
        prepared("Ada")


def test_related_rows_are_kept():
    proposal = factories.proposal()
    parties = list(proposal.parties.all())
    keep_related(proposal, "parties", parties)
    with CaptureQueriesContext(connection) as seen:
        assert list(proposal.parties.all()) == parties
    assert seen.captured_queries == []
