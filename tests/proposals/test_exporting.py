"""PDFs that take a while: asked for once, made by the task worker, told page by page, cancelled, found again."""

import io
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks import default_task_backend

from accounts.models import Firm
from proposals import tasks, upkeep
from proposals.actions import export as taking
from proposals.actions import exporting
from proposals.actions.export import current_pdf, current_pdf_or_order
from proposals.actions.files import latest_stage, read_stage
from proposals.actions.sections import write_text
from proposals.documents import killable
from proposals.documents.pdf import Rendered
from proposals.documents.render import LOST_LOGO, draft_pdf
from proposals.models import Export, Side
from proposals.starters.text import document
from proposals.views.exports import GIVEN_UP
from tests import factories
from tests.proposals.deal import SUMMARY, Deal

pytestmark = pytest.mark.django_db

LIVE = "https://same.example/p/1/"
OTHER = Rendered(b"%PDF-1.7 the same content, made a moment later", "00" * 32, 12)


class Renderer:
    """Listens in on the renderer: counts what it is asked for, and lets a test act after a page was told."""

    def __init__(self) -> None:
        self.count = 0
        self.on_page: Callable[[int], None] = lambda page: None

    def __call__(self, snapshot: Any, *, tell_page: Callable[[int], None] | None = None, **facts: Any) -> Rendered:
        self.count += 1
        if tell_page is None:
            return draft_pdf(snapshot, **facts)

        def tell(page: int) -> None:
            tell_page(page)
            self.on_page(page)

        return draft_pdf(snapshot, tell_page=tell, **facts)


@pytest.fixture(autouse=True)
def renderer(monkeypatch: pytest.MonkeyPatch) -> Renderer:
    listening = Renderer()
    monkeypatch.setattr(taking, "draft_pdf", listening)
    monkeypatch.setattr(exporting, "draft_pdf", listening)
    monkeypatch.setattr(exporting, "TELL_SECONDS", 0.0)
    return listening


@pytest.fixture
def long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "SHORT_PAGE_COUNT", 0)


def file_of(export: Export) -> bytes:
    """The file that was made."""
    with default_storage.open(export.name) as file:
        return bytes(file.read())


def page_count(pdf: bytes) -> int:
    """How many pages a file has."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def asked(deal: Deal) -> tuple[Export, list[Export]]:
    """What somebody at a page gets, and what went to the task worker."""
    before = len(default_task_backend.results)
    order = current_pdf_or_order(deal.proposal, live_url=LIVE)
    assert isinstance(order, Export)
    return order, [Export.objects.get(id=result.args[0]) for result in default_task_backend.results[before:]]


def test_a_draft_of_the_same_content_is_made_once(deal: Deal, renderer: Renderer) -> None:
    first = current_pdf(deal.proposal, live_url=LIVE)
    assert current_pdf(deal.proposal, live_url=LIVE) == first
    assert renderer.count == 1
    assert current_pdf(deal.proposal, live_url="https://other.example/").label == "draft"
    assert renderer.count == 2
    write_text(by=deal.maya, section_id=deal.section(SUMMARY).id, text=document("Something else."), replace=True)
    current_pdf(deal.proposal, live_url=LIVE)
    assert renderer.count == 3


def test_a_draft_of_another_day_or_another_version_of_the_server_is_made_anew(
    deal: Deal, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    current_pdf(deal.proposal, live_url=LIVE)
    monkeypatch.setattr(exporting, "printing_code_sha256", lambda: "another")
    current_pdf(deal.proposal, live_url=LIVE)
    assert renderer.count == 2
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(exporting.timezone, "now", lambda: tomorrow)
    current_pdf(deal.proposal, live_url=LIVE)
    assert renderer.count == 3


def test_a_kept_file_that_is_gone_is_made_again(deal: Deal, renderer: Renderer) -> None:
    current_pdf(deal.proposal, live_url=LIVE)
    default_storage.delete(Export.objects.get().name)
    again = current_pdf(deal.proposal, live_url=LIVE).pdf
    assert again.startswith(b"%PDF-")
    assert exporting.kept_pdf(deal.proposal, Export.objects.get().key) == again
    assert renderer.count == 2


@pytest.mark.usefixtures("long_ones")
def test_a_long_one_is_ordered_once_and_made_by_the_worker(deal: Deal, renderer: Renderer) -> None:
    order, given = asked(deal)
    assert given == [order]
    assert (order.state, renderer.count) == ("waiting", 0)
    assert asked(deal) == (order, [])
    told, seen = [], []

    def look(page: int) -> None:
        told.append(page)
        seen.append(Export.objects.values_list("state", "page").get())

    renderer.on_page = look
    tasks.make_pdf.call(str(order.id))
    made = Export.objects.get()
    pdf = file_of(made)
    assert seen == [("making", page) for page in told]
    assert set(told) == set(range(1, page_count(pdf) + 1))
    assert (made.state, made.page, made.content) == ("made", page_count(pdf), "")
    tasks.make_pdf.call(str(order.id))
    taken = current_pdf_or_order(deal.proposal, live_url=LIVE)
    assert taken == taking.CurrentFile(pdf, "draft")
    assert renderer.count == 1


def test_a_short_one_is_ordered_too_when_the_server_has_no_place(deal: Deal, renderer: Renderer) -> None:
    with ExitStack() as taken:
        while killable.PLACES.acquire(blocking=False):
            taken.callback(killable.PLACES.release)
        asked(deal)
    assert renderer.count == 0
    assert killable.has_place()


@pytest.mark.usefixtures("long_ones")
def test_what_was_ordered_is_what_stood_there_then(deal: Deal, renderer: Renderer) -> None:
    order, _ = asked(deal)
    before = order.content
    write_text(by=deal.maya, section_id=deal.section(SUMMARY).id, text=document("Something else."), replace=True)
    other, given = asked(deal)
    assert other.id != order.id
    assert given == [other]
    assert Export.objects.get(id=order.id).content == before


@pytest.mark.usefixtures("long_ones")
def test_what_is_cancelled_while_it_waits_is_not_made(deal: Deal, renderer: Renderer) -> None:
    order, _ = asked(deal)
    exporting.cancel_export(order)
    tasks.make_pdf.call(str(order.id))
    assert (Export.objects.get().state, renderer.count) == ("cancelled", 0)


@pytest.mark.usefixtures("long_ones")
def test_what_is_cancelled_while_it_is_made_ends_with_the_next_page_and_can_be_asked_for_again(
    deal: Deal, renderer: Renderer
) -> None:
    order, _ = asked(deal)
    seen: list[int] = []

    def cancel(page: int) -> None:
        seen.append(page)
        exporting.cancel_export(order)

    renderer.on_page = cancel
    tasks.make_pdf.call(str(order.id))
    assert seen == [1]
    assert Export.objects.get().state == "cancelled"
    renderer.on_page = lambda page: None
    again, given = asked(deal)
    assert (again.id, given) == (order.id, [again])
    tasks.make_pdf.call(str(order.id))
    assert Export.objects.get().state == "made"


@pytest.mark.usefixtures("long_ones")
def test_one_that_cannot_be_made_says_why(deal: Deal) -> None:
    Firm.objects.filter(id=deal.proposal.party(Side.SELLER).firm_id).update(logo="0" * 64)
    order, _ = asked(deal)
    tasks.make_pdf.call(str(order.id))
    failed = Export.objects.get()
    assert (failed.state, failed.problem) == ("failed", LOST_LOGO)


@pytest.mark.usefixtures("long_ones")
def test_one_that_nothing_is_heard_of_is_given_to_the_worker_again(deal: Deal) -> None:
    order, _ = asked(deal)
    long_ago = timezone.now() - exporting.UNHEARD_FOR - timedelta(seconds=1)
    Export.objects.update(state="making", told_at=long_ago)
    again, given = asked(deal)
    assert (again.id, again.state, given) == (order.id, "waiting", [again])


@pytest.mark.usefixtures("long_ones")
def test_a_frozen_revision_is_ordered_until_its_file_is_there(deal: Deal) -> None:
    revision = deal.freeze()
    order, given = asked(deal)
    assert (order.key, given) == (revision.sha256, [order])
    tasks.make_pdf.call(str(order.id))
    stage = latest_stage(revision)
    assert stage is not None
    assert Export.objects.get().state == "made"
    assert current_pdf_or_order(deal.proposal, live_url=LIVE) == taking.CurrentFile(read_stage(stage), "locked")


def test_old_drafts_are_taken_away_with_their_files(deal: Deal) -> None:
    current_pdf(deal.proposal, live_url=LIVE)
    old = Export.objects.get()
    Export.objects.update(asked_at=timezone.now() - exporting.KEPT_FOR - timedelta(hours=1))
    current_pdf(deal.proposal, live_url="https://other.example/")
    assert not default_storage.exists(old.name)
    assert [export.id for export in Export.objects.all()] != [old.id]
    assert Export.objects.count() == 1


@pytest.mark.usefixtures("long_ones")
def test_the_page_tells_how_far_it_is_and_leads_to_the_file(deal: Deal, client: Client) -> None:
    client.force_login(deal.tomas.user)
    asked_for = client.get(reverse("document_pdf", args=[deal.id]))
    order = Export.objects.get()
    page = reverse("export", args=[deal.id, order.id])
    assert asked_for["Location"] == page
    Export.objects.update(state="making", page=12, expected_page_count=50)
    shown = client.get(page).content.decode()
    assert "Page 12 of about 50 …" in shown
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown
    told = client.get(page, headers={"Accept": "application/json"}).json()
    assert told == {"state": "making", "said": "Page 12 of about 50 …", "page": 12, "of": 50, "address": ""}
    Export.objects.update(state="waiting")
    tasks.make_pdf.call(str(order.id))
    file = reverse("export_file", args=[deal.id, order.id])
    assert f'href="{file}"' in client.get(page).content.decode()
    pdf = file_of(Export.objects.get())
    assert b"".join(client.get(file).streaming_content) == pdf
    assert client.get(reverse("document_pdf", args=[deal.id])).content == pdf


@pytest.mark.usefixtures("long_ones")
def test_cancelling_on_the_page(deal: Deal, client: Client) -> None:
    client.force_login(deal.tomas.user)
    order, _ = asked(deal)
    page = reverse("export", args=[deal.id, order.id])
    answer = client.post(reverse("export_cancel", args=[deal.id, order.id]))
    assert answer["Location"] == page
    shown = client.get(page).content.decode()
    assert "It was cancelled. Nothing was changed." in shown
    assert "http-equiv" not in shown


@pytest.mark.usefixtures("long_ones")
def test_what_was_made_before_sharing_stays_there(deal: Deal, client: Client) -> None:
    client.force_login(deal.tomas.user)
    order, _ = asked(deal)
    Export.objects.update(epoch=deal.proposal.epoch - 1)
    for name in ("export", "export_file"):
        assert client.get(reverse(name, args=[deal.id, order.id])).status_code == 404


@pytest.mark.usefixtures("long_ones")
def test_of_another_proposal_nothing_is_shown(deal: Deal, client: Client) -> None:
    client.force_login(deal.tomas.user)
    other = Export(proposal=factories.proposal(), epoch=1, key="0")
    other.save()
    assert client.get(reverse("export", args=[deal.id, other.id])).status_code == 404


@pytest.mark.usefixtures("long_ones")
def test_the_page_of_one_that_the_worker_left_half_made_offers_to_make_it_again(deal: Deal, client: Client) -> None:
    client.force_login(deal.tomas.user)
    order, _ = asked(deal)
    page = reverse("export", args=[deal.id, order.id])
    long_ago = timezone.now() - exporting.UNHEARD_FOR - timedelta(seconds=1)
    Export.objects.update(state="making", told_at=long_ago, page=3)
    told = client.get(page, headers={"Accept": "application/json"}).json()
    assert (told["state"], told["said"]) == ("failed", GIVEN_UP)
    shown = client.get(page).content.decode()
    assert GIVEN_UP in shown
    assert "data-making" not in shown
    assert reverse("document_pdf", args=[deal.id]) in shown
    Export.objects.update(state="waiting")
    assert client.get(page, headers={"Accept": "application/json"}).json()["state"] == "waiting"


@pytest.mark.usefixtures("long_ones")
def test_what_is_asked_for_again_is_as_new(deal: Deal) -> None:
    """Otherwise it would be taken away as an old one while it is made, and its pages would tell an earlier time."""
    order, _ = asked(deal)
    Export.objects.update(state="failed", asked_at=order.asked_at - exporting.KEPT_FOR - timedelta(hours=1))
    asked(deal)
    exporting.forget_old_exports()
    assert Export.objects.get().asked_at >= order.asked_at


def test_of_two_who_made_the_same_at_once_one_file_is_kept(deal: Deal) -> None:
    current_pdf(deal.proposal, live_url=LIVE)
    first = Export.objects.get()
    exporting.keep_draft(deal.proposal, first.key, OTHER)
    second = Export.objects.get()
    assert second.name != first.name
    assert [default_storage.exists(made.name) for made in (first, second)] == [False, True]
    assert exporting.kept_pdf(deal.proposal, first.key) == OTHER.pdf


@pytest.mark.usefixtures("long_ones")
def test_the_file_of_one_that_was_cancelled_at_the_very_end_is_not_kept(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, _ = asked(deal)
    store, names = exporting.stored, []

    def stored(key: str, rendered: Rendered) -> str:
        names.append(store(key, rendered))
        exporting.cancel_export(order)
        return names[0]

    monkeypatch.setattr(exporting, "stored", stored)
    tasks.make_pdf.call(str(order.id))
    assert Export.objects.get().state == "cancelled"
    assert [default_storage.exists(name) for name in names] == [False]


def test_old_drafts_are_taken_away_every_hour_too(deal: Deal) -> None:
    current_pdf(deal.proposal, live_url=LIVE)
    Export.objects.update(asked_at=timezone.now() - exporting.KEPT_FOR - timedelta(hours=1))
    upkeep.keep_days.call()
    assert not Export.objects.exists()


@pytest.mark.parametrize(("characters_count", "pages_count"), [(20_807, 12), (324_000, 74)])
def test_without_one_before_it_the_length_of_the_content_says_about_how_long_it_gets(
    deal: Deal, characters_count: int, pages_count: int
) -> None:
    """The demo has 11 pages; one of 73 was said to have 108."""
    assert exporting.expected_page_count(deal.proposal, "x" * characters_count) == pages_count
