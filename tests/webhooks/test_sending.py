"""Where webhooks may go, and what is read of answers: addresses inside, rebinding, redirects, slow and big answers."""

from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from proposals.exceptions import Invalid
from tests import factories
from tests.ports import free_port
from tests.webhooks.conftest import hook
from tests.webhooks.receiver import Got, Receiver, say
from webhooks.actions import ENDPOINTS_COUNT
from webhooks.addresses import AddressRefused, is_refused, parsed_url
from webhooks.network import Network
from webhooks.sending import KEPT_CHARACTERS, RESPONSE_BYTES, Letter, Outcome, post

REFUSED = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::1",
    "2002:a9fe:a9fe::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "not an address", "",
]  # fmt: skip
TAKEN = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450:4001::200e"]


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_inside_are_refused(address: str) -> None:
    assert is_refused(address)


@pytest.mark.parametrize("address", TAKEN)
def test_addresses_outside_are_taken(address: str) -> None:
    assert not is_refused(address)


def test_the_setting_opens_this_machine_and_nothing_else() -> None:
    opened = [address for address in REFUSED if not is_refused(address, loopback=True)]
    assert opened == ["127.0.0.1", "127.255.255.254", "::1"]


BAD_URLS = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com:70/", "//example.com/",
    "example.com", "https://", "https:///hooks", "https://user@example.com/", "https://user:word@example.com/",
    "https://@example.com/", "https://example.com/#part", "https://example.com:22/", "https://example.com:0/",
    "https://example.com:99999/", "https://example.com:abc/", "https://localhost/", "https://localhost./",
    "https://printer/", "https://db.internal/", "https://db.local/", "https://a.localhost/", "https://127.0.0.1/",
    "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data/", "https://10.1.2.3:8443/",
    "https://exa mple.com/", "https://example.com/\r\nX-Injected: yes", "https://example.com/\x00",
    "https://example.com\\@127.0.0.1/", "https://example.com/" + "a" * 1000, "https://[::1", "",
    "https://xn--a.example.com/", "https://xn--.example.com/",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD_URLS)
def test_bad_addresses_are_refused_in_words(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        parsed_url(url)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com", "https://hooks.example.com/a/b?c=d", "https://example.com:8443/", "https://8.8.8.8/",
        "https://[2606:4700::1111]/", "https://bücher.example/",
    ],
)  # fmt: skip
def test_good_addresses_are_taken(url: str) -> None:
    assert parsed_url(url).scheme == "https"


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://example.com/\r\nX: y", "http://example.com/"])
def test_an_endpoint_with_a_bad_address_is_not_made(url: str, db: None, settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = False
    firm = factories.firm()
    with pytest.raises(Invalid) as refused:
        hook(firm, url)
    assert (refused.value.code, refused.value.errors[0].pointer) == ("bad_url", "url")
    assert firm.webhook_endpoints.count() == 0


def test_a_firm_has_twenty_endpoints_at_most(db: None) -> None:
    firm = factories.firm()
    for number in range(ENDPOINTS_COUNT):
        hook(firm, f"https://example.com/{number}")
    with pytest.raises(Invalid, match="20 endpoints at most"):
        hook(firm, "https://example.com/more")


def send(url: str, **network: Any) -> Outcome:
    """One attempt, with this machine open unless said otherwise."""
    letter = Letter(url, b'{"a":1}', {"webhook-id": "1", "content-type": "application/json"})
    return post(letter, Network(**{"loopback": True, **network}))


class Names:
    """A resolver with answers of the test's, and what it was asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers.pop(0)


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(receiver: Receiver) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])

    outcome = send(f"http://hooks.example.org:{receiver.port}/in", resolve=names)

    assert outcome.is_delivered
    assert names.asked == [("hooks.example.org", receiver.port)]
    assert receiver.got[0].headers["host"] == f"hooks.example.org:{receiver.port}"
    assert receiver.got[0].path == "/in"


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%lo"]])
def test_a_name_that_leads_inside_gets_nothing(addresses: list[str], receiver: Receiver) -> None:
    outcome = send(f"https://hooks.example.org:{receiver.port}/", loopback=False, resolve=Names(addresses))

    assert (outcome.is_delivered, outcome.status) == (False, None)
    assert "not an address of the public internet" in outcome.error
    assert receiver.got == []


def test_a_name_that_leads_inside_the_second_time_gets_nothing_then(receiver: Receiver) -> None:
    names = Names(["127.0.0.1"], ["192.168.1.1"])
    url = f"http://hooks.example.org:{receiver.port}/"

    first, second = send(url, resolve=names), send(url, resolve=names)

    assert first.is_delivered
    assert "192.168.1.1" in second.error
    assert len(receiver.got) == 1


def test_names_that_lead_nowhere(receiver: Receiver) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    assert "can’t be resolved" in send("https://hooks.example.org/", resolve=unknown).error
    assert "no address" in send("https://hooks.example.org/", resolve=Names([])).error


@pytest.mark.parametrize("status", [307, 308])
def test_307_and_308_are_followed_with_the_same_body(status: int, receiver: Receiver) -> None:
    receiver.answers = [say(status, Location="/there")]

    outcome = send(receiver.url)

    assert outcome.is_delivered
    assert [(got.path, got.body) for got in receiver.got] == [("/hooks", b'{"a":1}'), ("/there", b'{"a":1}')]
    assert outcome.urls == (receiver.url, receiver.url.replace("/hooks", "/there"))


@pytest.mark.parametrize("status", [301, 302, 303, 304])
def test_other_redirects_are_answers_that_fail(status: int, receiver: Receiver) -> None:
    receiver.answers = [say(status, b"", Location="/there")]

    outcome = send(receiver.url)

    assert (outcome.is_delivered, outcome.status, len(receiver.got)) == (False, status, 1)


@pytest.mark.parametrize(
    "place",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[fe80::1]/", "file:///etc/passwd", "http://a@b"],
)
def test_a_redirect_is_checked_like_the_endpoint(place: str, receiver: Receiver) -> None:
    receiver.always = say(307, Location=place)

    outcome = send(receiver.url)

    assert (outcome.is_delivered, outcome.status, len(receiver.got)) == (False, None, 1)
    assert outcome.error.endswith((".", "instead."))


def test_a_redirect_to_a_name_that_leads_inside(receiver: Receiver) -> None:
    receiver.answers = [say(307, Location=f"http://inside.example.org:{receiver.port}/")]
    names = Names(["127.0.0.1"], ["10.0.0.1"])

    outcome = send(f"http://hooks.example.org:{receiver.port}/", resolve=names)

    assert "10.0.0.1" in outcome.error
    assert len(receiver.got) == 1


def test_endless_redirects_end(receiver: Receiver) -> None:
    receiver.always = say(307, Location="/again")

    outcome = send(receiver.url)

    assert (outcome.is_delivered, outcome.status, len(receiver.got)) == (False, 307, 4)


def test_of_a_big_answer_the_beginning_is_read(receiver: Receiver) -> None:
    sent = []

    def flood(handler: BaseHTTPRequestHandler, got: Got) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(4096):
                handler.wfile.write(b"x" * 65536)
                sent.append(1)
        except OSError:
            pass
        receiver.over.set()

    receiver.always = flood
    outcome = send(receiver.url)

    assert receiver.over.wait(60)
    assert outcome.is_delivered
    assert outcome.body == "x" * KEPT_CHARACTERS
    assert len(sent) * 65536 < 256 * 1024 * 1024
    assert RESPONSE_BYTES == 65536


def drip_body(handler: BaseHTTPRequestHandler, receiver: Receiver) -> None:
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not receiver.over.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def drip_head(handler: BaseHTTPRequestHandler, receiver: Receiver) -> None:
    """A header that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not receiver.over.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def say_nothing(handler: BaseHTTPRequestHandler, receiver: Receiver) -> None:
    """Nothing at all."""
    receiver.over.wait(60)


@pytest.mark.parametrize("slowly", [drip_body, drip_head, say_nothing])
def test_the_whole_attempt_has_a_limit_however_slowly_it_answers(slowly: Any, receiver: Receiver) -> None:
    receiver.always = lambda handler, got: slowly(handler, receiver)

    outcome = send(receiver.url, timeout_seconds=0.4)

    assert (outcome.is_delivered, outcome.status) == (False, None)
    assert outcome.error == "There was no whole answer within 0.4 seconds."
    assert outcome.milliseconds >= 400


def test_a_resolver_that_hangs_is_not_waited_for(receiver: Receiver) -> None:
    def hang(host: str, port: int) -> list[str]:
        receiver.over.wait(60)
        return ["127.0.0.1"]

    outcome = send("https://hooks.example.org/", resolve=hang, timeout_seconds=0.3)
    receiver.over.set()

    assert outcome.error == "There was no whole answer within 0.3 seconds."


def test_nobody_listens() -> None:
    assert send(f"http://127.0.0.1:{free_port()}/").error.startswith("The connection failed: ")


def test_what_is_no_http_is_a_failure(receiver: Receiver) -> None:
    receiver.always = lambda handler, got: handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n") and None

    assert send(receiver.url).error.startswith("The connection failed: ")


def test_what_a_database_can_not_keep_is_replaced(receiver: Receiver) -> None:
    receiver.always = say(200, b"a\x00b\xff", X_Strange="caf\xe9")

    outcome = send(receiver.url)

    assert outcome.body == "a�b�"
    assert outcome.headers["x-strange"] == "caf�"
