"""Finds the paths by which a revision of a PDF uses the objects that a later one replaced.

pyHanko's difference analysis has to know every way in which a replaced object was reached before. It collects the
paths to *all* objects, some hundred thousand in a long tagged document, and then asks for three or four. `QuickReader`
gives the same answers with the same walk, but leaves out the branches that lead to no object that is asked for
(`References`). In a file with anything unusual it leaves the work to pyHanko. See `docs/adr/0009`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader, RawPdfPath
from pyhanko.pdf_utils.xref import ObjStreamRef

from proposals.documents.plain_objects import ObjectStream, Outline, Ref, Unusual, outline_of

Path = tuple[str | int, ...]

TRAILER: Final[Ref] = (0, 65535)
"""Stands for the trailer where a reference is expected: the number of no object."""
STRUCTURE: Final[Path] = ("/Root", "/StructTreeRoot")


class QuickReader(PdfFileReader):
    """A reader whose revisions know quickly how an object is used in them. It keeps outlines of what it has read."""

    def __init__(self, stream: object) -> None:
        super().__init__(stream)
        self.outlines: dict[tuple[Ref, int | ObjStreamRef], Outline] = {}
        self.object_streams: dict[int, ObjectStream] = {}
        self.revisions: dict[int, QuickResolver] = {}

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        """The file as it was at a revision, from 0."""
        if revision not in self.revisions:
            self.revisions[revision] = QuickResolver(self, revision)
        return self.revisions[revision]

    def object_stream(self, number: int) -> ObjectStream:
        """An object stream by the number of its object. Raises `Unusual`."""
        if number not in self.object_streams:
            self.object_streams[number] = ObjectStream(generic.Reference(number, 0, self).get_object())
        return self.object_streams[number]


class QuickResolver(HistoricalResolver):
    """A revision that answers pyHanko's question for the usages of an object from `References`."""

    reader: QuickReader

    def __init__(self, reader: QuickReader, revision: int) -> None:
        super().__init__(reader, revision)
        self.references: References | None = None
        self.known_usages: dict[Ref, set[RawPdfPath]] = {}

    def _load_reverse_xref_cache(self) -> None:
        """Reads what refers to what, and the paths to all objects that later revisions replace.

        Whatever goes wrong on the way, pyHanko's own way is the answer, its errors included.
        """
        if self.references is not None or self._indirect_object_access_cache is not None:
            return
        try:
            references = References(self)
            self.known_usages = references.usages(self.replaced_later())
            self.references = references
        except Exception:  # anything unusual: a file from anywhere
            super()._load_reverse_xref_cache()  # type: ignore[no-untyped-call]

    def _get_usages_of_ref(self, ref: generic.Reference) -> set[RawPdfPath]:
        """The paths from the trailer to an object, as pyHanko finds them."""
        if self.references is None:
            return super()._get_usages_of_ref(ref)
        wanted = (ref.idnum, ref.generation)
        if wanted not in self.known_usages:
            self.known_usages |= self.references.usages({wanted})
        return self.known_usages[wanted]

    def replaced_later(self) -> set[Ref]:
        """The objects that any later revision writes."""
        later = range(self.revision + 1, self.reader.xrefs.total_revisions)
        written = (self.reader.xrefs.explicit_refs_in_revision(number) for number in later)
        return {(ref.idnum, ref.generation) for refs in written for ref in refs}


class References:
    """What refers to what in one revision: outlines of all objects that can be reached, and the way back.

    `/Parent` is followed nowhere, and `/P` not out of the structure tree, as in pyHanko's walk. Raises `Unusual`, or
    what pyHanko raises at an object that it can't read.
    """

    def __init__(self, resolver: QuickResolver) -> None:
        if resolver.reader.encrypted:
            raise Unusual("encrypted")
        self.resolver = resolver
        self.trailer = outline_of(resolver.trailer_view)
        self.outlines: dict[Ref, Outline] = {TRAILER: self.trailer}
        self.catalog = self.catalog_ref()
        self.page_paths: dict[Ref, Path] = {}
        self.holders: dict[Ref, Ref] = {}
        """What refers to a node of the page tree as its parent there."""
        self.read_page_tree()
        self.structure = self.structure_elements()
        self.users: dict[Ref, list[Ref]] = defaultdict(list)
        self.read_everything()

    def outline(self, ref: Ref) -> Outline:
        """The outline of an object as it was in this revision."""
        if ref in self.outlines:
            return self.outlines[ref]
        reader, reference = self.resolver.reader, generic.Reference(*ref, self.resolver)
        place = reader.xrefs.get_historical_ref(reference, self.resolver.revision)
        if place is None:
            raise Unusual("a reference to nothing")
        if (ref, place) not in reader.outlines:
            found: Outline = None
            if isinstance(place, ObjStreamRef):
                found = reader.object_stream(place.obj_stream_id).plain(ref[0], place.ix_in_stream)
            if found is None:
                found = outline_of(self.resolver(reference))
            if isinstance(found, tuple):
                raise Unusual("a reference to a reference")
            reader.outlines[ref, place] = found
        self.outlines[ref] = reader.outlines[ref, place]
        return self.outlines[ref]

    def resolved(self, value: Outline) -> Outline:
        """What a value is, or what it refers to."""
        return self.outline(value) if isinstance(value, tuple) else value

    def catalog_ref(self) -> Ref:
        """The reference to the document's catalog."""
        root = self.trailer.get("/Root") if isinstance(self.trailer, dict) else None
        if not isinstance(root, tuple):
            raise Unusual("no catalog")
        return root

    def read_page_tree(self) -> None:
        """The nodes of the page tree, each with the one path by which it is entered."""
        catalog = self.outline(self.catalog)
        pages = catalog.get("/Pages") if isinstance(catalog, dict) else None
        waiting: list[tuple[Outline, Path, Ref]] = [(pages, ("/Root", "/Pages"), self.catalog)]
        while waiting:
            node, path, holder = waiting.pop()
            if not isinstance(node, tuple) or node in self.page_paths:
                raise Unusual("a page tree")
            self.page_paths[node], self.holders[node] = path, holder
            content = self.outline(node)
            if not isinstance(content, dict) or not isinstance(kind := content.get("/Type"), str):
                raise Unusual("a page tree")
            if kind != "/Pages" and len(path) > 2:
                continue
            kids = content.get("/Kids")
            listed = self.resolved(kids)
            if not isinstance(listed, list):
                raise Unusual("a page tree")
            holder = kids if isinstance(kids, tuple) else node
            waiting += [(kid, (*path, "/Kids", index), holder) for index, kid in enumerate(listed)]

    def structure_elements(self) -> set[Ref]:
        """The elements of the structure tree that are objects of their own and stand in an array of their parent."""
        catalog = self.outline(self.catalog)
        if not isinstance(catalog, dict) or "/StructTreeRoot" not in catalog:
            return set()
        found: set[Ref] = set()
        seen: set[int] = set()
        waiting = [self.resolved(catalog["/StructTreeRoot"])]
        while waiting:
            element = waiting.pop()
            if not isinstance(element, dict) or id(element) in seen:
                raise Unusual("a structure tree")
            seen.add(id(element))
            below = self.resolved(element.get("/K"))
            for child in below if isinstance(below, list) else [below]:
                content = self.resolved(child)
                if not isinstance(content, dict):
                    continue
                kind = content.get("/Type", "/StructElem")
                if not isinstance(kind, str):
                    raise Unusual("a structure tree")
                if kind == "/StructElem":
                    waiting.append(content)
                    if isinstance(child, tuple):
                        found.add(child)
        return found

    def read_everything(self) -> None:
        """The outline of each object that can be reached, and who refers to it."""
        waiting, seen = [TRAILER], {TRAILER}
        while waiting:
            user = waiting.pop()
            for used in set(references_in(self.outline(user), with_p=user not in self.structure)):
                self.users[used].append(user)
                if used not in seen:
                    seen.add(used)
                    waiting.append(used)

    def leading_to(self, wanted: set[Ref]) -> set[Ref]:
        """All objects that it may be worth to enter on the way to some object.

        What only refers to a page, and is not its parent in the page tree, does not lead into it.
        """
        leading: set[Ref] = set()
        waiting = [user for ref in wanted for user in self.users.get(ref, ())]
        while waiting:
            ref = waiting.pop()
            if ref not in leading:
                leading.add(ref)
                holder = self.holders.get(ref)
                waiting += [holder] if holder is not None else self.users.get(ref, ())
        return leading

    def usages(self, wanted: Iterable[Ref]) -> dict[Ref, set[RawPdfPath]]:
        """All paths from the trailer to some objects: those of pyHanko's walk."""
        found: dict[Ref, set[RawPdfPath]] = {ref: set() for ref in wanted}
        leading = self.leading_to(set(found))
        waiting: list[tuple[Outline, Path, tuple[Ref, ...], bool]] = [(self.trailer, (), (), False)]
        while waiting:
            value, path, entered, in_structure = waiting.pop()
            if isinstance(value, tuple):
                if value in entered:
                    continue
                if value in found:
                    found[value].add(RawPdfPath(*path))
                if value not in leading or self.page_paths.get(value, path) != path:
                    continue
                if not in_structure and value in self.structure:
                    continue
                entered = (*entered, value)
                value = self.outline(value)
            if isinstance(value, dict):
                for key, part in value.items():
                    if key == "/Parent" or (in_structure and key == "/P"):
                        continue
                    below = in_structure or (path == STRUCTURE and key == "/K")
                    waiting.append((part, (*path, key), entered, below))
            elif isinstance(value, list):
                waiting += [(part, (*path, index), entered, in_structure) for index, part in enumerate(value)]
        return found


def references_in(value: Outline, *, with_p: bool) -> Iterator[Ref]:
    """What an object refers to, but not by `/Parent`, and by `/P` only if asked for."""
    if isinstance(value, tuple):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key != "/Parent" and (with_p or key != "/P"):
                yield from references_in(part, with_p=with_p)
    elif isinstance(value, list):
        for part in value:
            yield from references_in(part, with_p=with_p)
