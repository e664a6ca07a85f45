"""A firm's logo: a picture that somebody sent, drawn anew so that nothing of the file but its pixels is kept."""

import hashlib
import io
import re
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageFile, UnidentifiedImageError

from accounts.exceptions import AccountRefusal

LARGEST_BYTES: Final = 2 * 1024 * 1024
LARGEST_SIDE_PIXELS: Final = 4000
KEPT_SIZE_PIXELS: Final = (900, 300)
"""What is kept is at most so wide and high: 76 mm at 300 pixels an inch."""

_UNREADABLE: Final = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError)
_HASH = re.compile(r"[0-9a-f]{64}\Z")


def drawn_anew(sent: bytes) -> bytes:
    """The picture as a PNG without transparency, on white, without empty margins, at most `KEPT_SIZE_PIXELS`.

    The same pixels give the same bytes. Raises AccountRefusal for what is no PNG or JPEG, too large, or empty.
    """
    if len(sent) > LARGEST_BYTES:
        raise AccountRefusal("This file is larger than 2 MB. Send a smaller picture.", code="too_large")
    try:
        picture = Image.open(io.BytesIO(sent), formats=("PNG", "JPEG"))
        if max(picture.size) > LARGEST_SIDE_PIXELS:
            width, height = picture.size
            detail = f"This picture has {width} × {height} pixels; {LARGEST_SIDE_PIXELS} on a side are taken at most."
            raise AccountRefusal(detail, code="too_large")
        # The PDF renderer has pictures that are cut off accepted in every process that imports it.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        flat = _on_white(picture)
    except _UNREADABLE as error:
        raise AccountRefusal("This is not a PNG or JPEG picture that can be read.", code="not_an_image") from error
    box = Image.eval(flat.convert("L"), lambda value: 255 - value).getbbox()
    if box is None:
        raise AccountRefusal("This picture is all white: nothing of it would be seen.", code="empty_image")
    kept = flat.crop(box)
    kept.thumbnail(KEPT_SIZE_PIXELS, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    kept.save(written, "PNG", optimize=True)
    return written.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    with_alpha = picture.convert("RGBA")
    white = Image.new("RGBA", with_alpha.size, "white")
    return Image.alpha_composite(white, with_alpha).convert("RGB")


def store(png: bytes) -> str:
    """Keep a logo under its SHA-256, and say that."""
    digest = hashlib.sha256(png).hexdigest()
    if not default_storage.exists(_name(digest)):
        default_storage.save(_name(digest), ContentFile(png))
    return digest


def read(digest: str) -> bytes | None:
    """The PNG of that SHA-256 as it was stored; None if there is none, or it is damaged."""
    if not _HASH.match(digest) or not default_storage.exists(_name(digest)):
        return None
    with default_storage.open(_name(digest)) as file:
        png = bytes(file.read())
    return png if hashlib.sha256(png).hexdigest() == digest else None


def _name(digest: str) -> str:
    return f"logos/{digest[:2]}/{digest}.png"
