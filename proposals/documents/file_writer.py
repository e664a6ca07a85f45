"""Writes the PDF with many small object streams instead of a single large one.

pyHanko reads the table of contents of a whole object stream for every object in it. With the single stream that pydyf
writes, verifying a signed file takes time quadratic in its length: two seconds for seven pages, minutes for a hundred.
With 25 objects to a stream the file grows by a twentieth, the time stays proportional to the length, and it is less
than half of what a hundred to a stream would take.
"""

from __future__ import annotations

import io
from math import ceil, log
from typing import Any

import pydyf

OBJECTS_PER_STREAM_COUNT = 25
HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"

IN_USE, COMPRESSED = 1, 2
"""Kinds of entries in a cross-reference stream (ISO 32000-1, 7.5.8.3)."""


def write_in_small_streams(pdf: pydyf.PDF, output: io.BytesIO, identifier: bytes) -> None:
    """Writes a finished PDF 1.7: streams as they are, all other objects in object streams of at most 25.

    `identifier` is used as both parts of the file identifier: it comes from the content already.
    """
    if pdf.info:
        pdf.add_object(pdf.info)
    output.write(HEADER)
    loose = [item for item in pdf.objects if item.free != "f" and not item.compressible]
    packed = [item for item in pdf.objects if item.free != "f" and item.compressible]
    places = {0: (0, 0, 65535)}
    for item in loose:
        places[item.number] = (IN_USE, output.tell(), 0)
        output.write(item.indirect + b"\n")
        if isinstance(item, pydyf.Stream):
            item.stream = []  # a page's instructions are hundreds of thousands of objects until then
    for start in range(0, len(packed), OBJECTS_PER_STREAM_COUNT):
        chunk = packed[start : start + OBJECTS_PER_STREAM_COUNT]
        container = object_stream(chunk)
        pdf.add_object(container)
        places[container.number] = (IN_USE, output.tell(), 0)
        places |= {item.number: (COMPRESSED, container.number, index) for index, item in enumerate(chunk)}
        output.write(container.indirect + b"\n")
    position = output.tell()
    output.write(reference_stream(pdf, places, position, identifier).indirect + b"\n")
    output.write(f"startxref\n{position}\n%%EOF\n".encode())


def object_stream(objects: list[Any]) -> pydyf.Stream:
    """An object stream (ISO 32000-1, 7.5.7): numbers and offsets first, then the objects."""
    contents, table, offset = [], [], 0
    for item in objects:
        contents.append(item.data)
        table.append(f"{item.number} {offset}")
        offset += len(contents[-1]) + 1
    head = " ".join(table).encode()
    extra = {"Type": "/ObjStm", "N": len(objects), "First": len(head) + 1}
    return pydyf.Stream([head, *contents], extra, compress=True)


def reference_stream(
    pdf: pydyf.PDF, places: dict[int, tuple[int, int, int]], position: int, identifier: bytes
) -> pydyf.Stream:
    """The cross-reference stream, which also is the trailer; it stands at `position` and lists itself."""
    stream = pydyf.Stream([], {}, compress=True)
    pdf.add_object(stream)
    places = {**places, stream.number: (IN_USE, position, 0)}
    free = (0, 0, 0)
    lengths = (1, ceil(log(position + 1, 256)), 2)
    entries = (places.get(number, free) for number in range(len(pdf.objects)))
    stream.stream.append(
        b"".join(
            value.to_bytes(length, "big") for entry in entries for value, length in zip(entry, lengths, strict=True)
        )
    )
    both = pydyf.String(identifier).data
    stream.extra = {
        "Type": "/XRef",
        "Index": pydyf.Array((0, len(pdf.objects))),
        "W": pydyf.Array(lengths),
        "Size": len(pdf.objects),
        "Root": pdf.catalog.reference,
        "ID": pydyf.Array((both, both)),
    }
    if pdf.info:
        stream.extra["Info"] = pdf.info.reference
    return stream
