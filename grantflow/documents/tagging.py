"""What the parts of a PDF are: headings, paragraphs, tables and their cells (ISO 32000, 14.7 and 14.8)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grantflow.documents.embedding import add_object

TREE = "StructureTree"


@dataclass(slots=True, eq=False)
class Node:
    """An element of the document's structure; its kids are elements and (page, mark) of what is drawn."""

    role: str
    attributes: str = ""
    kids: list["Node | tuple[int, int]"] = field(default_factory=list)

    def add(self, role: str, attributes: str = "") -> "Node":
        """A new last kid."""
        kid = Node(role, attributes)
        self.kids.append(kid)
        return kid


def write_structure(document: Any, root: Node, marks: list[list[Node]]) -> None:
    """Put the structure into ReportLab's `document`, whose pages are all there; `marks` are each page's elements."""
    names = {id(node): f"Element{number}" for number, node in enumerate(_walk(root))}
    pages = [_reference(document, f"Page{number}") for number in range(1, len(marks) + 1)]
    tree = add_object(document, TREE, "")
    references = {key: add_object(document, name, "") for key, name in names.items()}
    parents = {id(root): tree}
    for node in _walk(root):
        for kid in node.kids:
            if isinstance(kid, Node):
                parents[id(kid)] = references[id(node)]
        kids = " ".join(_kid(kid, references, pages) for kid in node.kids)
        add_object(
            document,
            names[id(node)],
            f"<< /Type /StructElem /S /{node.role} /P {parents[id(node)]} /K [{kids}]{node.attributes} >>",
        )
    rows = " ".join(
        f"{number} [{' '.join(references[id(node)] for node in nodes)}]" for number, nodes in enumerate(marks)
    )
    add_object(
        document,
        TREE,
        f"<< /Type /StructTreeRoot /K [{references[id(root)]}] /ParentTree << /Nums [{rows}] >> "
        f"/ParentTreeNextKey {len(marks)} >>",
    )
    _announce(document)


def _walk(root: Node) -> Iterator[Node]:
    yield root
    for kid in root.kids:
        if isinstance(kid, Node):
            yield from _walk(kid)


def _kid(kid: Node | tuple[int, int], references: dict[int, str], pages: list[str]) -> str:
    if isinstance(kid, Node):
        return references[id(kid)]
    page, mark = kid
    return f"<< /Type /MCR /Pg {pages[page]} /MCID {mark} >>"


def _reference(document: Any, name: str) -> str:
    number, _ = document.idToObjectNumberAndVersion[name]
    return f"{number} 0 R"


def _announce(document: Any) -> None:
    """Say in the catalog and on each page that there is a structure; ReportLab's lists lack the pages' keys."""
    add_object(document, "MarkInfo", "<< /Marked true >>")
    document.Catalog.MarkInfo = _reference(document, "MarkInfo")
    document.Catalog.StructTreeRoot = _reference(document, TREE)
    for number, page in enumerate(document.Pages.pages):
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents = number
        page.Tabs = "/S"
