"""The development mailbox: every mail is printed and kept, and shown only where development pages exist."""

import threading
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from pytest_django import Settings

from accounts import mailbox


@pytest.fixture
def directory(settings: Settings, tmp_path: Path) -> Path:
    """An empty mailbox."""
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail"


def deliver(body: str = "Your code is\n\n    1234-5678\n", subject: str = "1234-5678 is your code") -> None:
    """Put a mail into the mailbox."""
    message = EmailMessage(subject, body, "proposals@sameside.example", ["tomás@harbourstreet.example"])
    get_connection("accounts.mailbox.MailboxBackend").send_messages([message])


def test_a_mail_is_printed_and_kept(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver("Grüße aus dem Büro.\n", "Ein schöner Tag")

    printed = capsys.readouterr().out
    assert "Ein schöner Tag\n\nGrüße aus dem Büro.\n" in printed
    [file] = list(directory.iterdir())
    assert file.suffix == ".eml"
    assert mailbox.parse(file.read_bytes())["Subject"] == "Ein schöner Tag"


def test_mails_are_listed_the_newest_first(directory: Path) -> None:
    for number in range(3):
        deliver(f"{number}\n", f"Mail {number}")

    assert [mail.subject for mail in mailbox.kept_mails()] == ["Mail 2", "Mail 1", "Mail 0"]


def test_mails_of_several_threads_are_all_kept_whole(directory: Path) -> None:
    threads = [threading.Thread(target=deliver, args=(f"{number}\n", f"Mail {number}")) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(mail.text for mail in mailbox.kept_mails()) == sorted(f"{number}\n" for number in range(12))
    assert not list(directory.glob("*.part"))


@pytest.mark.parametrize(
    ("line", "code"),
    [("    1234-5678", "1234-5678"), ("482913", "482913"), ("482 913", "482 913"), ("call 482913", ""), ("12", "")],
)
def test_a_line_with_nothing_but_a_code_is_the_code(directory: Path, line: str, code: str) -> None:
    deliver(f"Your code is\n\n{line}\n\nThanks.\n")

    assert mailbox.kept_mails()[0].code == code


@pytest.mark.django_db
def test_the_pages_show_codes_links_and_attachments(directory: Path, client: Client) -> None:
    message = EmailMessage(
        "Signed <both>", "Open http://testserver/p/1/.\n\n1234-5678\n<script>alert(1)</script>\n", to=["a@example.org"]
    )
    message.attach("proposal.pdf", b"%PDF", "application/pdf")
    get_connection("accounts.mailbox.MailboxBackend").send_messages([message])

    listed = client.get("/dev/mails/").content.decode()
    name = mailbox.kept_mails()[0].name
    shown = client.get(f"/dev/mails/{name}/").content.decode()

    assert "<b>1234-5678</b>" in listed
    assert "Signed &lt;both&gt;" in listed
    assert f"/dev/mails/{name}/" in listed
    assert '<a href="http://testserver/p/1/" rel="nofollow">http://testserver/p/1/</a>.' in shown
    assert "<script>alert" not in shown
    assert "proposal.pdf, 4" in shown


@pytest.mark.django_db
def test_an_empty_mailbox_says_what_will_turn_up(directory: Path, client: Client) -> None:
    assert "No mails yet." in client.get("/dev/mails/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..", "..%2fsecret.eml", "secret.eml", "secret", "00000000000000000001-0000000g.eml"])
def test_only_mails_of_the_mailbox_are_read(directory: Path, client: Client, name: str) -> None:
    directory.mkdir()
    (directory / "secret.eml").write_text("Subject: secret\n\nsecret\n")
    (directory.parent / "secret.eml").write_text("Subject: secret\n\nsecret\n")

    response = client.get(f"/dev/mails/{name}/")

    assert response.status_code == 404
    assert b"Subject" not in response.content
    assert mailbox.kept_mails() == []


@pytest.mark.django_db
def test_outside_development_there_is_no_mailbox(directory: Path, client: Client, settings: Settings) -> None:
    deliver()
    name = mailbox.kept_mails()[0].name
    settings.DEVELOPMENT = False

    assert client.get("/dev/mails/").status_code == 404
    assert client.get(f"/dev/mails/{name}/").status_code == 404
    assert "/dev/mails/" not in client.get("/accounts/login/").content.decode()
