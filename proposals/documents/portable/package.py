"""Reading a file in the portable format that came from outside. Nothing is unpacked to disk; nothing is believed.

Opening it checks everything that can be checked without a database: that the archive is whole, has no names that could
lead elsewhere, does not unpack to more than is taken, and that every file has the size and the SHA-256 of the manifest.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from proposals import strict_json
from proposals.documents.portable.schema import MANIFEST_FORMAT, VERSION, Schema, manifest_schema
from proposals.exceptions import FieldProblem, Invalid

LARGEST_UNPACKED_BYTES: Final = 1024**3
LARGEST_JSON_BYTES: Final = 32 * 1024**2
LARGEST_FILE_BYTES: Final = 256 * 1024**2
MOST_FILES: Final = 100_000
PIECE_BYTES: Final = 256 * 1024

_ID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAMES: Final = re.compile(
    rf"(?:manifest\.json|firm\.json|proposals/{_ID}\.json|trails/{_ID}\.jsonl|files/[0-9a-f]{{64}}\.(?:pdf|png))\Z"
)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What `zipfile` raises for archives that are cut, damaged, encrypted or packed in ways that are not used here."""


def bad(code: str, detail: str, pointer: str = "file") -> Invalid:
    """A refusal of the whole file."""
    sentence = f"{detail} Nothing was changed."
    return Invalid(sentence, code=code, errors=[FieldProblem(pointer, code, detail)])


class OpenedPackage:
    """A checked file. `manifest` is what it says of itself."""

    def __init__(self, file: IO[bytes]) -> None:
        """Open and check it. Raises Invalid for whatever is wrong with it as a whole."""
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise bad(
                "not_an_archive", "This is not a ZIP archive, or only a part of one. Send the whole file."
            ) from error
        self._entries = _checked_entries(self._zip)
        if "manifest.json" not in self._entries:
            raise bad("no_manifest", "There is no manifest.json in it. Send the file as it was exported.")
        written = _json(self.read("manifest.json", LARGEST_JSON_BYTES * 2), "manifest.json")
        if not isinstance(written, dict) or written.get("format") != MANIFEST_FORMAT:
            raise bad(
                "unknown_format", f"The manifest does not say “{MANIFEST_FORMAT}”: it is another kind of archive."
            )
        if written.get("version") != VERSION:
            detail = (
                f"It is in version {_short(written.get('version'))} of the format; this server reads version {VERSION}."
            )
            raise bad("unknown_version", detail)
        require(manifest_schema(), written, "manifest.json")
        self.manifest: dict[str, Any] = written
        if len({entry["id"] for entry in written["proposals"]}) < len(written["proposals"]):
            raise bad("bad_content", "A proposal stands twice in manifest.json.")
        self.files: dict[str, dict[str, Any]] = {file["path"]: file for file in written["files"]}
        self._check_files()

    def json(self, path: str, schema: Schema) -> Any:
        """A JSON file that fits its schema. Raises Invalid naming the first place that does not."""
        value = _json(self.read(path, LARGEST_JSON_BYTES), path)
        require(schema, value, path)
        return value

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self._entries

    def read(self, path: str, most_bytes: int) -> bytes:
        """All of a file. Raises Invalid if there is none, or it is longer than is taken."""
        entry = self._entries.get(path)
        if entry is None:
            raise bad("file_missing", f"{_short(path)} is missing.")
        if entry.file_size > most_bytes:
            raise bad("too_large", f"{path} has more than {most_bytes // 1024**2} MB.")
        return b"".join(self.pieces(path))

    def pieces(self, path: str) -> Iterator[bytes]:
        """A file, piece by piece, as it unpacks."""
        try:
            with self._zip.open(self._entries[path]) as file:
                while piece := file.read(PIECE_BYTES):
                    yield piece
        except _BROKEN as error:
            raise bad("damaged", f"{path} is damaged: it can’t be unpacked. Send the file again.") from error

    def _check_files(self) -> None:
        """Raise Invalid unless the archive holds what the manifest lists, byte for byte, and nothing else."""
        unlisted = self._entries.keys() - self.files.keys() - {"manifest.json"}
        if unlisted:
            raise bad("unknown_file", f"{_short(min(unlisted))} is in the archive, but not in its manifest.")
        for path, file in self.files.items():
            if path not in self._entries:
                raise bad("file_missing", f"{_short(path)} is in the manifest, but not in the archive.")
            digest = hashlib.sha256()
            for piece in self.pieces(path):
                digest.update(piece)
            if digest.hexdigest() != file["sha256"] or self._entries[path].file_size != file["length_bytes"]:
                raise bad("wrong_hash", f"{path} is not what the manifest says: it was changed, or damaged on the way.")


def _checked_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by their names. Raises Invalid for names, sizes and packings that no export has."""
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise bad("too_many", f"It has {len(entries)} files; {MOST_FILES} are taken at most.")
    for entry in entries:
        if not _NAMES.match(entry.filename):
            raise bad("bad_name", f"It has a file called “{_short(entry.filename)}”, which no export has.")
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise bad("bad_packing", f"{entry.filename} is encrypted or packed in a way that no export is.")
        if entry.file_size > LARGEST_FILE_BYTES:
            raise bad("too_large", f"{entry.filename} would unpack to more than {LARGEST_FILE_BYTES // 1024**2} MB.")
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED_BYTES:
        raise bad("too_large", f"It would unpack to more than {LARGEST_UNPACKED_BYTES // 1024**2} MB.")
    found = {entry.filename: entry for entry in entries}
    if len(found) < len(entries):
        twice = next(name for name, count in Counter(entry.filename for entry in entries).items() if count > 1)
        raise bad("file_twice", f"{twice} is in it twice.")
    return found


def _json(written: bytes, path: str) -> Any:
    """A JSON value without fractions, numbers out of bounds, names that stand twice, or nesting without end."""
    try:
        value = strict_json.loads(written.decode())
        json.dumps(value, ensure_ascii=False).encode()
        strict_json.require_shallow(value)
    except (ValueError, RecursionError) as error:
        raise bad("bad_json", f"{path} is not JSON that can be read: {_short(error, 120)}.", path) from error
    return value


_DAYS: Final = FormatChecker(formats=())


def _is_day(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


_DAYS.checks("date", raises=ValueError)(_is_day)
_DAYS.checks("date-time", raises=ValueError)(_is_moment)


def _pattern(_: Any, pattern: str, value: object, __: Schema) -> Iterator[ValidationError]:
    """The pattern as JSON Schema means it (ECMA-262): `$` is the end, not also before a line break at the end."""
    if isinstance(value, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_Validator: Final = extend(Draft202012Validator, {"pattern": _pattern})


def require(schema: Schema, value: Any, path: str) -> None:
    """Raise Invalid, naming the place and the value, unless a value fits a schema."""
    error = next(_Validator(schema, format_checker=_DAYS).iter_errors(value), None)
    if error is not None:
        place = "/".join([path, *map(str, error.absolute_path)])
        raise bad("bad_content", f"{place}: {_said(error)}.", place)


def _said(error: ValidationError) -> str:
    value = _short(error.instance)
    match error.validator:
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = min(name for name in error.instance if name not in known) if known else ""
            return (
                f"there is no field “{_short(extra)}” in this format"
                if extra
                else "a value of another kind stands there"
            )
        case "required":
            missing = next(name for name in error.validator_value if name not in error.instance)
            return f"“{missing}” is missing"
        case "format":
            return f"there is no such day or moment as “{value}”"
        case "pattern":
            return f"“{value}” is not written as this field is"
        case "enum" | "const":
            return f"“{value}” is not one of its known values"
        case "maxLength":
            return f"“{value}” has {len(error.instance)} characters; {error.validator_value} are taken at most"
        case "maxItems" | "maxProperties":
            return f"there are {len(error.instance)}; {error.validator_value} are taken at most"
        case "maximum" | "minimum":
            return f"{value} is out of bounds"
    return f"“{value}” is not of the kind that stands there"


def _short(value: object, most: int = 60) -> str:
    written = str(value)
    return f"{written[:most]}…" if len(written) > most else written
