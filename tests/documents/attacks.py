"""What somebody might do to a signed file. Each attack takes the file and gives another one that viewers still open."""

import io
import zlib
from collections.abc import Callable

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from proposals.documents.archiving import AppendingWriter

Attack = Callable[[bytes], bytes]


def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The file with one more update at its end, as any PDF tool would append it."""
    writer = AppendingWriter(io.BytesIO(pdf))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def flip_in_content(pdf: bytes) -> bytes:
    """One bit in the first page's drawing instructions."""
    position = pdf.index(b"stream\n") + 60
    return pdf[:position] + bytes([pdf[position] ^ 1]) + pdf[position + 1 :]


def flip_in_signature(pdf: bytes) -> bytes:
    """One hexadecimal digit in the CMS of the last signature."""
    position = pdf.rindex(b"/Contents <") + 4000
    digit = b"0" if pdf[position : position + 1] != b"0" else b"1"
    return pdf[:position] + digit + pdf[position + 1 :]


def fill_padding(pdf: bytes) -> bytes:
    """The last digit of the place for the last signature, behind the signature itself, which nothing covers."""
    position = pdf.index(b">", pdf.rindex(b"/Contents <")) - 1
    return pdf[:position] + b"7" + pdf[position + 1 :]


def add_annotation(pdf: bytes) -> bytes:
    """A note on the first page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        note = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/FreeText"),
                pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (100, 100, 300, 200)]),
                pdf_name("/Contents"): pdf_string("Total: €1"),
                pdf_name("/DA"): pdf_string("/Helv 12 Tf"),
            }
        )
        page = writer.root["/Pages"]["/Kids"][0]
        page[pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
        writer.update_container(page)

    return appended(pdf, change)


def cover_with_white(pdf: bytes) -> bytes:
    """A white rectangle over the price, as the last thing that the page draws."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][2]
        overlay = generic.StreamObject(stream_data=b"q 1 1 1 rg 50 100 500 300 re f Q")
        page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), writer.add_object(overlay)])
        writer.update_container(page)

    return appended(pdf, change)


def swap_pages(pdf: bytes) -> bytes:
    """Two pages in the other order."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        kids = writer.root["/Pages"]["/Kids"]
        kids[2], kids[3] = kids.raw_get(3), kids.raw_get(2)
        writer.update_container(kids)

    return appended(pdf, change)


def add_field(pdf: bytes) -> bytes:
    """One more form field, which a later signature might fill."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = generic.DictionaryObject(
            {pdf_name("/FT"): pdf_name("/Sig"), pdf_name("/T"): pdf_string("sig_client-2")}
        )
        form = writer.root["/AcroForm"]
        form["/Fields"].append(writer.add_object(field))
        writer.update_container(form["/Fields"])
        writer.update_root()

    return appended(pdf, change)


def change_source(pdf: bytes) -> bytes:
    """The JSON inside says another total."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
        content = names[1]["/EF"]["/F"].data.replace(b'"total":"23038.40"', b'"total":"13038.40"')
        names[1]["/EF"][pdf_name("/F")] = writer.add_object(generic.StreamObject(stream_data=content))
        writer.update_container(names[1])

    return appended(pdf, change)


def replace_appearance(pdf: bytes) -> bytes:
    """The visible signature shows another name."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        box = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 200, 90)])
        drawn = generic.StreamObject(
            {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): box},
            stream_data=b"1 0 0 rg 0 0 200 90 re f",
        )
        field["/AP"][pdf_name("/N")] = writer.add_object(drawn)
        writer.update_container(field)

    return appended(pdf, change)


def empty_a_signature(pdf: bytes) -> bytes:
    """The last field is made unsigned again by an update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][1]
        del field["/V"]
        writer.update_container(field)

    return appended(pdf, change)


def change_title(pdf: bytes) -> bytes:
    """The title in the file's properties says something else."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        properties = writer.trailer["/Info"]
        properties[pdf_name("/Title")] = pdf_string("Another agreement")
        writer.update_container(properties)

    return appended(pdf, change)


def add_bytes(pdf: bytes) -> bytes:
    """Something after the end."""
    return pdf + b"\n% harmless\n"


def save_again(pdf: bytes) -> bytes:
    """Opened and saved by another program."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(output)
    return output.getvalue()


def cut_short(pdf: bytes) -> bytes:
    """The end is missing."""
    return pdf[:-200]


def roll_back(pdf: bytes) -> bytes:
    """The file as it was after its first signature."""
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    start, length = signature.byte_range[2], signature.byte_range[3]
    return pdf[: start + length]


def drop_archive(pdf: bytes) -> bytes:
    """The file as it was after its last signature, without validation data and archive timestamp."""
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[-1]
    start, length = signature.byte_range[2], signature.byte_range[3]
    return pdf[: start + length]


def slow_to_read() -> bytes:
    """A small file of 20,000 form fields in one object stream, which the library searches from its start for each."""
    count = 20_000
    references = b" ".join(b"%d 0 R" % number for number in range(3, 2 + count))
    field = b"<</FT/Tx/T(a)>> "
    catalog = b"<</Type/Catalog/AcroForm<</Fields[" + references + b"]>>>>"
    table = b" ".join(b"%d 0" % number for number in range(3, 2 + count)) + b" %d %d " % (2 + count, len(field))
    packed = zlib.compress(table + field + catalog)
    head = b"%PDF-1.7\n"
    described = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d" % (count, len(table), len(packed))
    container = b"2 0 obj\n<<" + described + b">>\nstream\n" + packed + b"\nendstream\nendobj\n"
    start = len(head) + len(container)
    places = [(0, 0, 65535), (1, start, 0), (1, len(head), 0), *((2, 2, index) for index in range(count))]
    rows = zlib.compress(b"".join(k.to_bytes(1) + a.to_bytes(4) + b.to_bytes(2) for k, a, b in places))
    described = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Filter/FlateDecode/Length %d" % (
        len(places),
        2 + count,
        len(rows),
    )
    references = b"1 0 obj\n<<" + described + b">>\nstream\n" + rows + b"\nendstream\nendobj\n"
    return head + container + references + b"startxref\n%d\n%%%%EOF\n" % start


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        flip_in_content,
        flip_in_signature,
        fill_padding,
        add_annotation,
        cover_with_white,
        swap_pages,
        add_field,
        change_source,
        replace_appearance,
        empty_a_signature,
        change_title,
        add_bytes,
        save_again,
        cut_short,
        roll_back,
    )
}
