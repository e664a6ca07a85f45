"""Corrects the PDF objects just before they are written: what PDF/A-3a and PDF/UA-1 together need.

The renderer can be asked for one standard only and gets some details of both wrong; each function here is one
correction and says which. Nothing of this may happen after the first signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pydyf

from proposals.documents.job import SIGNATURE_FIELD_PREFIX
from proposals.documents.table_structure import boxes, join_split_tables

PRINT_AND_LOCKED = 132
"""Annotation flags 3 and 8 (ISO 32000-1, 12.5.3): the field is printed and can't be moved."""

UA_IDENTIFICATION = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""
"""PDF/UA-1 identification, and the extension schema without which PDF/A refuses it (ISO 19005-3, 6.6.2.3)."""


def finish(document: Any, pdf: pydyf.PDF) -> None:
    """Applies every correction to a finished layout; the arguments are those of WeasyPrint's `finisher`."""
    identify_as_ua(pdf)
    scope_headers(pdf)
    list_files_once(pdf)
    place_signature_fields(pdf)
    describe_links(document)
    join_split_tables(document, pdf)
    index_identified_elements(pdf)
    label_pages(pdf)
    measure_figures_on_the_page(pdf)


def missing_characters(document: Any) -> tuple[str, ...]:
    """The characters that were drawn as an empty box because no font has them, sorted."""
    return tuple(sorted({chr(point) for font in document.fonts.values() for point in font.missing}))


def structure_elements(pdf: pydyf.PDF) -> Iterator[pydyf.Dictionary]:
    """Every element of the structure tree, in no particular order."""
    return (item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/StructElem")


def identify_as_ua(pdf: pydyf.PDF) -> None:
    """Adds the PDF/UA-1 identification to the metadata, beside that of PDF/A-3a."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/Metadata":
            item.stream[0] = item.stream[0].replace(b"</rdf:RDF>", UA_IDENTIFICATION)


def scope_headers(pdf: pydyf.PDF) -> None:
    """Says of each header cell whether it heads a column or a row (WeasyPrint #2508)."""
    elements = {element.reference: element for element in structure_elements(pdf)}
    for element in elements.values():
        if element["S"] == "/TH":
            row = elements.get(element["P"])
            group = elements.get(row["P"]) if row else None
            heads_column = group is not None and group["S"] == "/THead"
            element["A"]["Scope"] = "/Column" if heads_column else "/Row"


def list_files_once(pdf: pydyf.PDF) -> None:
    """The renderer lists each associated file twice in the catalogue."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def place_signature_fields(pdf: pydyf.PDF) -> None:
    """Turns the placeholders (checkboxes named `sig_<slot>`) into empty signature fields.

    `NeedAppearances` is forbidden in PDF/A (ISO 19005-3, 6.4.1). The structure element of a field refers to it
    directly, not through an array of one: otherwise the difference analysis of a later signature calls the
    earlier one invalid.
    """
    form = pdf.catalog.get("AcroForm")
    if form is None:
        return
    form.pop("NeedAppearances", None)
    form.pop("DR", None)
    appearance = pydyf.Stream([], {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array((0, 0, 1, 1))})
    pdf.add_object(appearance)
    for element in structure_elements(pdf):
        if element["S"] == "/Form" and isinstance(element["K"], list) and len(element["K"]) == 1:
            element["K"] = element["K"][0]
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Subtype") == "/Widget" and is_signature_placeholder(item):
            make_signature_field(item, appearance)


def is_signature_placeholder(widget: pydyf.Dictionary) -> bool:
    """Whether a form field of the page stands for a signature."""
    return bool(widget["T"].string.startswith(SIGNATURE_FIELD_PREFIX))


def make_signature_field(widget: pydyf.Dictionary, appearance: pydyf.Stream) -> None:
    """An unsigned signature field (ISO 32000-1, 12.7.4.5) with an empty appearance and a rectangle from low to high."""
    for key in ("V", "AS", "MK", "Border", "DA", "Ff"):
        widget.pop(key, None)
    left, one, right, other = widget["Rect"]
    widget["FT"] = "/Sig"
    widget["Rect"] = pydyf.Array((min(left, right), min(one, other), max(left, right), max(one, other)))
    widget["F"] = PRINT_AND_LOCKED
    widget["AP"] = pydyf.Dictionary({"N": appearance.reference})


def describe_links(document: Any) -> None:
    """Describes links inside the document by their words; the renderer puts the name of the anchor there."""
    for page in document.pages:
        for box, _ in boxes(page._page_box):
            annotation = getattr(box, "link_annotation", None)
            if annotation is not None and "Dest" in annotation and box.element is not None:
                words = " ".join("".join(box.element.itertext()).split())
                annotation["Contents"] = pydyf.String(words or annotation["Dest"].string)


def index_identified_elements(pdf: pydyf.PDF) -> None:
    """Adds the tree of element identifiers, required as soon as header cells have one (ISO 32000-1, 14.7.2)."""
    identified = {element["ID"].string: element for element in structure_elements(pdf) if "ID" in element}
    if not identified:
        return
    names = pydyf.Array()
    for identifier in sorted(identified):
        names.extend([pydyf.String(identifier), identified[identifier].reference])
    tree = pydyf.Dictionary({"Names": names})
    pdf.add_object(tree)
    structure_root(pdf)["IDTree"] = tree.reference


def structure_root(pdf: pydyf.PDF) -> pydyf.Dictionary:
    """The root of the structure tree."""
    return object_at(pdf, pdf.catalog["StructTreeRoot"])


def object_at(pdf: pydyf.PDF, reference: bytes) -> Any:
    """The object behind an indirect reference such as `b"12 0 R"`."""
    return pdf.objects[int(reference.split()[0])]


def label_pages(pdf: pydyf.PDF) -> None:
    """Labels pages 1, 2, 3 as printed, so that a reader's page field and the contents agree."""
    pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array([0, pydyf.Dictionary({"S": "/D"})])})


def measure_figures_on_the_page(pdf: pydyf.PDF) -> None:
    """Gives the box of each figure in points from the bottom left, as ISO 32000-1, 14.8.5.4.3 asks.

    The renderer writes its own units (pixels from the top left).
    """
    points_per_pixel = 0.75
    for element in structure_elements(pdf):
        if element["S"] == "/Figure" and "BBox" in element.get("A", {}):
            height = object_at(pdf, element["Pg"])["MediaBox"][3]
            left, top, right, bottom = (float(value) * points_per_pixel for value in element["A"]["BBox"])
            element["A"]["BBox"] = pydyf.Array((left, height - bottom, right, height - top))
