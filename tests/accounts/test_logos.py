"""A firm's logo: pixels are taken from what people send and nothing else; what is no picture is refused in words."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageFile

from accounts import actions, logos
from accounts.exceptions import AccountRefusal, OwnersOnly
from accounts.models import Firm, Membership
from tests import factories


def picture(size: tuple[int, int] = (40, 20), colour: str = "navy", form: str = "PNG", **saved: object) -> bytes:
    """A white picture with a coloured rectangle in its middle half."""
    drawn = Image.new("RGB", size, "white")
    drawn.paste(colour, (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    written = io.BytesIO()
    drawn.save(written, form, **saved)
    return written.getvalue()


def vast_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_margins_go_and_large_ones_get_smaller() -> None:
    small, large = opened(logos.drawn_anew(picture())), opened(logos.drawn_anew(picture((4000, 4000), form="JPEG")))
    assert (small.mode, small.size, small.getpixel((0, 0))) == ("RGB", (20, 10), (0, 0, 128))
    assert large.size == (300, 300)


def test_nothing_but_pixels_is_kept() -> None:
    plain, noted = picture(), picture(dpi=(72, 72), exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00")
    assert plain != noted
    assert logos.drawn_anew(plain) == logos.drawn_anew(noted)
    assert not opened(logos.drawn_anew(noted)).info


def test_what_is_transparent_is_white() -> None:
    drawn = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    drawn.paste((0, 0, 0, 255), (0, 0, 4, 10))
    drawn.paste((255, 0, 0, 255), (8, 0, 10, 10))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    assert opened(logos.drawn_anew(written.getvalue())).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_an_image"),
        (b"", "not_an_image"),
        (picture()[:60], "not_an_image"),
        (picture(form="GIF"), "not_an_image"),
        (vast_png(60_000, 60_000), "not_an_image"),
        (vast_png(9000, 10), "too_large"),
        (b"\x89PNG" + b"0" * logos.LARGEST_BYTES, "too_large"),
        (picture(colour="white"), "empty_image"),
    ],
    ids=["svg", "nothing", "cut off", "gif", "bomb", "wide", "long", "white"],
)
def test_what_is_no_picture_is_refused(sent: bytes, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as the PDF renderer leaves it behind
    with pytest.raises(AccountRefusal) as caught:
        logos.drawn_anew(sent)
    assert caught.value.code == code


@pytest.mark.django_db
def test_owners_set_it_and_take_it_away() -> None:
    owner = factories.membership()
    member = factories.membership(owner.firm, role=Membership.Role.MEMBER)
    actions.change_logo(by=owner.user, firm=owner.firm, sent=picture())
    set_one = Firm.objects.get(id=owner.firm_id).logo
    assert logos.read(set_one) == logos.drawn_anew(picture())
    with pytest.raises(OwnersOnly):
        actions.change_logo(by=member.user, firm=owner.firm, sent=None)
    assert Firm.objects.get(id=owner.firm_id).logo == set_one
    actions.change_logo(by=owner.user, firm=owner.firm, sent=None)
    assert Firm.objects.get(id=owner.firm_id).logo == ""


@pytest.mark.django_db
def test_the_page_takes_it_shows_it_and_says_what_is_wrong(client: Client) -> None:
    owner = factories.membership()
    client.force_login(owner.user)
    address = reverse("firm_logo", args=[owner.firm_id])
    nothing = client.post(address)
    wrong = client.post(address, {"logo": SimpleUploadedFile("logo.svg", b"<svg/>")})
    right = client.post(address, {"logo": SimpleUploadedFile("logo.png", picture())}, follow=True)
    assert (nothing.status_code, wrong.status_code, right.status_code) == (422, 422, 200)
    assert "Choose a picture first." in nothing.content.decode()
    assert "This is not a PNG or JPEG picture that can be read." in wrong.content.decode()
    shown = reverse("logo", args=[Firm.objects.get(id=owner.firm_id).logo])
    assert f'src="{shown}"' in right.content.decode()
    served = Client().get(shown)
    assert (served["Content-Type"], served.content) == ("image/png", logos.drawn_anew(picture()))
    assert "immutable" in served["Cache-Control"]
    assert Client().get(reverse("logo", args=["0" * 64])).status_code == 404


def test_a_damaged_file_is_no_logo() -> None:
    assert logos.read("0" * 64) is None
    assert logos.read("../keys/root") is None
