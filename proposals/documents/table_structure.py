"""Joins the parts of a table that crosses pages into one table of the structure tree.

The renderer makes one structure element per page (WeasyPrint #2902, #2903), so that a price table over three
pages would be heard as three tables. Here the rows of the later pages move into the first table, and the repeated
heads, which only the eye needs, become artifacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pydyf


def join_split_tables(document: Any, pdf: pydyf.PDF) -> None:
    """Joins every table of the document that was drawn on more than one page."""
    elements = {
        item.reference: item
        for item in pdf.objects
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/StructElem"
    }
    for parts in parts_by_table(document, elements).values():
        first, *later = parts
        for part in later:
            join(pdf, elements, elements[first], elements[part])


def parts_by_table(document: Any, elements: dict[bytes, pydyf.Dictionary]) -> dict[int, list[bytes]]:
    """For each table of the HTML, the references of its structure elements in page order."""
    parts: dict[int, dict[bytes, None]] = {}
    for page in document.pages:
        for box, source in boxes(page._page_box):
            cell = getattr(box, "mark", None)
            if source is None or not isinstance(cell, dict):
                continue
            table = enclosing_table(cell, elements)
            if table is not None:
                parts.setdefault(id(source), {})[table] = None
    return {source: list(tables) for source, tables in parts.items() if len(tables) > 1}


def boxes(box: Any, table: Any = None) -> Iterator[tuple[Any, Any]]:
    """Every box of a page with the `table` element of the HTML that it stands in, if any."""
    box = getattr(box, "_box", box)
    if box.element_tag == "table":
        table = box.element
    yield box, table
    for child in getattr(box, "children", ()):
        yield from boxes(child, table)


def enclosing_table(cell: pydyf.Dictionary, elements: dict[bytes, pydyf.Dictionary]) -> bytes | None:
    """The reference of the Table element that a cell stands in."""
    element: pydyf.Dictionary | None = cell
    while element is not None and element["S"] != "/Table":
        element = elements.get(element["P"])
    return element.reference if element is not None else None


def join(
    pdf: pydyf.PDF, elements: dict[bytes, pydyf.Dictionary], first: pydyf.Dictionary, later: pydyf.Dictionary
) -> None:
    """Moves the rows of `later` into `first`, makes its repeated head an artifact and takes it out of the tree."""
    bodies = [elements[kid] for kid in first["K"] if kid in elements and elements[kid]["S"] == "/TBody"]
    renamed: dict[str, pydyf.String] = {}
    for kid in list(later["K"]):
        group = elements[kid]
        if group["S"] == "/THead":
            renamed |= identifiers_in_first(elements, group, first, later)
            make_artifact(pdf, elements, group)
            continue
        rename_headers(elements, group, renamed)
        if group["S"] == "/TBody" and bodies:
            for row in group["K"]:
                elements[row]["P"] = bodies[-1].reference
            bodies[-1]["K"].extend(group["K"])
        else:
            group["P"] = first.reference
            first["K"].append(kid)
    later["K"] = pydyf.Array()
    elements[later["P"]]["K"].remove(later.reference)


def rename_headers(
    elements: dict[bytes, pydyf.Dictionary], group: pydyf.Dictionary, renamed: dict[str, pydyf.String]
) -> None:
    """Lets the cells of a group name the header cells that stay."""
    for element in subtree(elements, group):
        headers = element.get("A", {}).get("Headers")
        if headers:
            element["A"]["Headers"] = pydyf.Array(renamed.get(header.string, header) for header in headers)


def identifiers_in_first(
    elements: dict[bytes, pydyf.Dictionary],
    head: pydyf.Dictionary,
    first: pydyf.Dictionary,
    later: pydyf.Dictionary,
) -> dict[str, pydyf.String]:
    """What the header cells of a repeated head are called in the first head; both begin with their table's number."""
    identifiers = [element["ID"].string for element in subtree(elements, head) if "ID" in element]
    return {
        identifier: pydyf.String(f"{first.number}{identifier.removeprefix(str(later.number))}")
        for identifier in identifiers
    }


def make_artifact(pdf: pydyf.PDF, elements: dict[bytes, pydyf.Dictionary], group: pydyf.Dictionary) -> None:
    """Marks everything drawn for a structure element as an artifact of its page and forgets the element."""
    page = pdf.objects[int(group["Pg"].split()[0])]
    stream = pdf.objects[int(page["Contents"].split()[0])].stream
    marks = parent_tree_of(pdf, page["StructParents"])
    for element in subtree(elements, group):
        for kid in element["K"]:
            if isinstance(kid, int):
                unmark(stream, kid)
                marks[kid] = b"null"
        element["K"] = pydyf.Array()
        element.pop("ID", None)


def subtree(elements: dict[bytes, pydyf.Dictionary], element: pydyf.Dictionary) -> Iterator[pydyf.Dictionary]:
    """An element and all elements below it."""
    below = [elements[kid] for kid in element["K"] if kid in elements]
    yield element
    for child in below:
        yield from subtree(elements, child)


def unmark(stream: list[Any], identifier: int) -> None:
    """Turns one marked piece of a page's drawing instructions into an artifact."""
    for index, operator in enumerate(stream):
        if operator == b"BDC" and stream[index - 1].get("MCID") == identifier:
            stream[index - 2 : index + 1] = ["/Artifact", b"BMC"]
            return


def parent_tree_of(pdf: pydyf.PDF, key: int) -> pydyf.Array:
    """The list that leads from the marks of one page to their structure elements."""
    root = pdf.objects[int(pdf.catalog["StructTreeRoot"].split()[0])]
    numbers = pdf.objects[int(root["ParentTree"].split()[0])]["Nums"]
    entries = dict(zip(numbers[::2], numbers[1::2], strict=True))
    found: pydyf.Array = entries[key]
    return found
