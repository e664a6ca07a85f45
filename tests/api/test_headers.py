"""Titles and names stay words where they stand in a header: of a file that is fetched, and of a mail."""

import re
import unicodedata

import pytest
from django.core import mail as outbox

from proposals.models import Proposal
from proposals.news import mail_reminder
from tests.api.conftest import Api, Deal

ATTACKS = [
    "Portal\r\nSet-Cookie: sessionid=1\r\n\r\n<script>",
    'a"; filename="run.exe',
    "a\x1bb\u2028c\u202eexe.fdp",
    "../../etc/passwd",
    "%0d%0aX-Injected: 1",
    "予約; filename*=UTF-8''run.exe",
]
PLAIN = re.compile(r'attachment; filename="[a-z0-9_-]+\.(docx|json|pdf|zip)"')
"""The name of a file: letters, digits and dashes, whatever the title is."""


@pytest.mark.parametrize("title", ATTACKS)
def test_a_title_is_kept_without_what_controls(deal: Deal, seller: Api, title: str) -> None:
    assert seller.patch(deal.path, {"title": title}).status == 200

    kept = deal.fresh().title
    assert [letter for letter in kept if unicodedata.category(letter) == "Cc"] == []
    assert "\u202e" not in kept


@pytest.mark.parametrize("title", ATTACKS)
@pytest.mark.parametrize("file", ["document.docx", "document.json"])
def test_the_name_of_a_file_is_plain_even_of_a_title_that_nothing_cleaned(
    deal: Deal, seller: Api, file: str, title: str
) -> None:
    Proposal.objects.filter(id=deal.proposal.id).update(title=title)

    answer = seller.get(f"{deal.path}{file}")

    assert answer.status == 200
    assert PLAIN.fullmatch(answer.headers["Content-Disposition"])
    assert {"Set-Cookie", "X-Injected"} & set(answer.headers) == set()


@pytest.mark.parametrize("file", ["document.pdf", "export.zip"])
def test_so_is_that_of_a_file_which_takes_long(deal: Deal, seller: Api, file: str) -> None:
    Proposal.objects.filter(id=deal.proposal.id).update(title="".join(ATTACKS))

    answer = seller.get(f"{deal.path}{file}")

    assert answer.status == 200
    assert PLAIN.fullmatch(answer.headers["Content-Disposition"])


@pytest.mark.parametrize("title", ATTACKS)
def test_the_subject_of_a_mail_is_one_line(deal: Deal, title: str) -> None:
    Proposal.objects.filter(id=deal.proposal.id).update(title=title)
    place = deal.proposal.participants.get(user=deal.tomas)

    mail_reminder.func(str(place.id), "Maya\r\nBcc: eve@example.com")

    (message,) = outbox.outbox
    sent = message.message()
    assert len(sent.get_all("Subject")) == 1
    assert (sent["Bcc"], sent["Set-Cookie"], sent["X-Injected"]) == (None, None, None)
    assert "\n" not in message.subject
    assert message.recipients() == [deal.tomas.email]
