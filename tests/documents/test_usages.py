"""The quick way to the usages of an object finds what pyHanko's own way finds, and judges every file the same."""

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from proposals.documents import usages
from proposals.documents.file_reader import read_signed_file
from proposals.documents.plain_objects import ObjectStream, Unusual, outline_of, plain_dictionary
from proposals.documents.render import revision_pdf
from proposals.documents.usages import QuickReader
from proposals.documents.verification import our_root
from tests.documents import attacks, samples
from tests.documents.conftest import TOMAS, Archived, Once, Signed, sign, sign_both
from tests.documents.whole_comparison import is_quick, judged_both_ways, usages_of_everything

APPENDED = (
    attacks.add_annotation,
    attacks.cover_with_white,
    attacks.swap_pages,
    attacks.add_field,
    attacks.change_source,
    attacks.replace_appearance,
    attacks.empty_a_signature,
    attacks.change_title,
)
"""The attacks that append an update. The others leave nothing to compare."""


def usages_both_ways(pdf: bytes, revision: int, *, at_once: bool) -> tuple[Any, Any]:
    quick, whole = QuickReader(io.BytesIO(pdf)), PdfFileReader(io.BytesIO(pdf))
    return usages_of_everything(quick, revision, at_once=at_once), usages_of_everything(whole, revision)


def test_every_path_to_every_object_of_an_archived_file_is_found(archived: Archived) -> None:
    quick, whole = usages_both_ways(archived.second.pdf, 2, at_once=True)
    assert len(quick) > 1000
    assert quick == whole
    assert all(is_quick(QuickReader(io.BytesIO(archived.second.pdf)), revision) for revision in range(4))


@pytest.fixture(scope="session")
def short(once: Once) -> Signed:
    """A document of five pages after both signatures: the whole comparison is slow for longer ones."""
    text = samples.prose("s1", "Summary", samples.paragraph("We make it."))
    return once("short", lambda: sign_both(revision_pdf(samples.snapshot([text]))))


@pytest.mark.parametrize("attack", APPENDED)
def test_what_an_attack_appended_is_judged_the_same(attack: attacks.Attack, short: Signed) -> None:
    quick, whole = judged_both_ways(attack(short.second.pdf))
    assert quick == whole
    assert "suspicious" in quick


@pytest.mark.parametrize("attack", [attacks.change_title, attacks.replace_appearance, attacks.add_annotation])
def test_what_an_attack_put_between_two_signatures_is_judged_the_same(attack: attacks.Attack, short: Signed) -> None:
    between = sign(attack(short.first.pdf), "client-1", TOMAS, first=False).pdf
    assert judged_both_ways(between) == (["suspicious", "NONE"],) * 2


def test_what_follows_honestly_is_judged_the_same(short: Signed) -> None:
    assert judged_both_ways(short.second.pdf) == (["FORM_FILLING", "NONE"],) * 2


def test_the_reading_is_the_same_with_the_whole_comparison(archived: Archived) -> None:
    readings = [
        read_signed_file(archived.second.pdf, our_root=our_root(), read_with=reader)
        for reader in (QuickReader, PdfFileReader)
    ]
    assert readings[0] == readings[1]


KEYS = ("/K", "/P", "/Parent", "/Kids", "/Pg", "/Next", "/Obj")
KINDS = ("", "/StructElem", "/StructElem", "/Page", "/Pages", "/OBJR")
NODE_COUNT = 5

part = st.recursive(
    st.integers(0, NODE_COUNT - 1),
    lambda parts: st.lists(parts, max_size=2) | st.dictionaries(st.sampled_from(KEYS), parts, max_size=2),
    max_leaves=3,
)
node = st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), part, max_size=3))


def written(told: Any) -> str:
    """A value as PDF: numbers stand for references to the nodes, from object 3 on."""
    if isinstance(told, dict):
        return f"<<{''.join(f'{key} {written(value)}' for key, value in told.items())}>>"
    return f"[{' '.join(written(value) for value in told)}]" if isinstance(told, list) else f"{told + 3} 0 R"


def pdf_of(nodes: list[tuple[str, dict[str, Any]]], pages: list[int], structure: Any) -> bytes:
    """A PDF whose objects, all in one object stream, refer to each other as told."""
    kinds = [("/Page" if number in pages else kind) for number, (kind, _) in enumerate(nodes)]
    objects = [
        f"<<{f'/Type {kind} ' if kind else ''}{written(parts)[2:]}"
        for kind, (_, parts) in zip(kinds, nodes, strict=True)
    ]
    objects.append(f"<</Type /Pages/Kids {written(pages)}>>")
    everything = written([*range(len(nodes))])
    structured = f"<</K {written(structure)}>>"
    objects.append(f"<</Pages {len(nodes) + 3} 0 R/Other {everything}/StructTreeRoot {structured}>>")
    return pdf_with_objects(objects)


def pdf_with_objects(objects: list[str]) -> bytes:
    """Objects from number 3 on in an object stream with number 2, the last one as the catalog."""
    starts = [sum(len(before) + 1 for before in objects[:number]) for number in range(len(objects))]
    table = "".join(f"{number} {start} " for number, start in enumerate(starts, 3))
    content = (table + " ".join(objects)).encode()
    head = b"%PDF-1.7\n"
    described = b"/Type/ObjStm/N %d/First %d/Length %d" % (len(objects), len(table), len(content))
    container = b"2 0 obj\n<<" + described + b">>\nstream\n" + content + b"\nendstream\nendobj\n"
    places = [(0, 0, 65535), (1, len(head + container), 0), (1, len(head), 0)]
    places += [(2, 2, index) for index in range(len(objects))]
    rows = b"".join(kind.to_bytes(1) + at.to_bytes(4) + more.to_bytes(2) for kind, at, more in places)
    described = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Length %d" % (len(places), len(places) - 1, len(rows))
    references = b"1 0 obj\n<<" + described + b">>\nstream\n" + rows + b"\nendstream\nendobj\n"
    return head + container + references + b"startxref\n%d\n%%%%EOF\n" % len(head + container)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    nodes=st.lists(node, min_size=NODE_COUNT, max_size=NODE_COUNT),
    pages=st.lists(st.integers(0, NODE_COUNT - 1), unique=True, max_size=2),
    structure=st.lists(st.integers(0, NODE_COUNT - 1), unique=True, max_size=3) | part,
)
def test_any_graph_of_objects_is_walked_the_same(
    nodes: list[tuple[str, dict[str, Any]]], pages: list[int], structure: Any
) -> None:
    quick, whole = usages_both_ways(pdf_of(nodes, pages, structure), 0, at_once=False)
    assert quick == whole


PLAIN = ("1 0 R", "12 0 R", "-3.5", "+7", "0", "(text [)", "<4f>", "<>", "/Type", "/A.b-c", "true", "null")
ODD = (
    "5.",
    ".",
    "(a(b))",
    "(\\))",
    "<4>",
    "<4 f>",
    "/A#42",
    "/é",
    "1\n0 R",
    "1 0 R5",
    "1 % 0 R\n",
    "stream",
    "{",
    "-",
    "/",
)
BETWEEN = st.sampled_from([" ", " ", " ", "", "\n", "\0", "% note\n"])


def entries_of(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The entries of a dictionary; a key may come twice."""
    keys = st.sampled_from(["/A", "/B", "/C", "/D", "/E", "/F"])
    entry = st.builds(lambda key, value, space: f"{key} {value}{space}", keys, values, BETWEEN)
    return st.lists(entry, max_size=3).map("".join)


values = st.recursive(
    st.sampled_from(PLAIN * 3 + ODD),
    lambda parts: (
        st.lists(parts, max_size=4).map(lambda some: f"[{' '.join(some)}]") | entries_of(parts).map("<<{}>>".format)
    ),
    max_leaves=6,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(entries=entries_of(values), after=st.sampled_from(["", "", "\n<</A 1>>", " [", " stream\n", "%"]))
def test_whatever_is_read_quickly_is_read_so_by_pyhanko(entries: str, after: str) -> None:
    content = f"<<{entries}>>{after}".encode()
    quick = plain_dictionary(content, 0)
    if quick is not None:
        assert quick == outline_of(read_by_pyhanko(content))


def read_by_pyhanko(content: bytes) -> generic.PdfObject:
    reader = PdfFileReader(io.BytesIO(pdf_of([], [], [])))
    return generic.read_object(io.BytesIO(content), generic.Reference(1, 0, reader))


def test_a_plain_dictionary_is_read_quickly() -> None:
    content = b"<</Type /StructElem/K [1 12 0 R]/P 5 0 R/A <</O /Table/Headers [(4-0-1) <4f>]/F -1.5>>/X true>>\n<<"
    assert plain_dictionary(content, 0) == {
        "/Type": "/StructElem",
        "/K": [None, (12, 0)],
        "/P": (5, 0),
        "/A": {"/O": "/Table", "/Headers": [None, None], "/F": None},
        "/X": None,
    }


@pytest.mark.parametrize(
    "content",
    [
        b"<</A 1/A 2>>",
        b"<</A#42 1>>",
        b"<</A (a(b))>>",
        b"<</A 1 % note\n>>",
        b"<</A 1>> stream\n",
        b"<</A>>",
        b"<</A [1>>]",
        b"<<1 /A>>",
        b"<</A 1",
        b"[1]",
        b"<</A " + b"[" * 9 + b"]" * 9 + b">>",
    ],
)
def test_anything_unusual_is_left_to_pyhanko(content: bytes) -> None:
    assert plain_dictionary(content, 0) is None


@pytest.mark.parametrize("head", [b"1 0 1 9 ", b"1 0 2 9", b"1 0 x 9 ", b"1 0 2 9 3 "])
def test_an_object_stream_with_an_unusual_head_is_left_to_pyhanko(head: bytes) -> None:
    stream = generic.StreamObject(
        {generic.pdf_name("/Type"): generic.pdf_name("/ObjStm")}, stream_data=head + b"<<>> <<>>"
    )
    stream[generic.pdf_name("/N")] = generic.NumberObject(2)
    stream[generic.pdf_name("/First")] = generic.NumberObject(len(head))
    with pytest.raises(Unusual):
        ObjectStream(stream)


def test_an_unusual_file_is_left_to_pyhanko(short: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise Unusual("for once")

    monkeypatch.setattr(usages.References, "read_everything", refuse)
    reader = QuickReader(io.BytesIO(short.second.pdf))
    assert not is_quick(reader, 1)
    assert len(usages_of_everything(reader, 1)) > 400
