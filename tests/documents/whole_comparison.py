"""What pyHanko's difference analysis says under our policy: with its own reader (the whole comparison) or with ours."""

import io

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from proposals.documents.file_reader import ONLY_SIGNATURES
from proposals.documents.usages import QuickReader, QuickResolver

Usages = dict[int, set[tuple[str | int, ...]]]
"""The paths to each object, by its number."""


def judged_both_ways(pdf: bytes) -> tuple[list[str], list[str]]:
    """What is said of what follows each signature and timestamp: by the quick comparison and by the whole one."""
    quick = QuickReader(io.BytesIO(pdf))
    said = judged(quick)
    assert all(is_quick(quick, found.signed_revision) for found in quick.embedded_signatures[:-1])
    return said, judged(PdfFileReader(io.BytesIO(pdf)))


def judged(reader: PdfFileReader) -> list[str]:
    """The level of what follows each signature and timestamp, or that it is suspicious."""
    return [judged_after(found, reader) for found in reader.embedded_signatures]


def judged_after(found: EmbeddedPdfSignature, reader: PdfFileReader) -> str:
    result = ONLY_SIGNATURES.review_file(
        reader, found.signed_revision, field_mdp_spec=found.fieldmdp, doc_mdp=found.docmdp_level
    )
    return "suspicious" if isinstance(result, SuspiciousModification) else result.modification_level.name


def is_quick(reader: QuickReader, revision: int) -> bool:
    """Whether nothing of a revision is left to pyHanko's own way."""
    resolver = reader.get_historical_resolver(revision)
    assert isinstance(resolver, QuickResolver)
    resolver._load_reverse_xref_cache()
    return resolver.references is not None


def usages_of_everything(reader: PdfFileReader, revision: int, *, at_once: bool = False) -> Usages | str:
    """All paths to each object, asked for one by one or at once; or the name of what went wrong."""
    resolver = reader.get_historical_resolver(revision)
    refs = {ref for number in range(revision + 1) for ref in reader.xrefs.explicit_refs_in_revision(number)}
    try:
        resolver._load_reverse_xref_cache()
    except Exception as error:
        return type(error).__name__
    if at_once and isinstance(resolver, QuickResolver) and resolver.references is not None:
        resolver.known_usages = resolver.references.usages({(ref.idnum, ref.generation) for ref in refs})
    paths = {ref.idnum: {path.path for path in resolver._get_usages_of_ref(ref)} for ref in refs}
    return {number: found for number, found in paths.items() if found}
