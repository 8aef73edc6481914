"""Lines of the code beside the prose about them, and the test that checks them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]


def definition(place: str) -> tuple[str, ast.FunctionDef | ast.ClassDef]:
    """Return the source and the node of ``path/to/file.py::Class.function``."""
    path, _, names = place.partition("::")
    source = (ROOT / path).read_text(encoding="utf-8")
    node: Any = ast.parse(source)
    for name in names.split("."):
        named = {child.name: child for child in node.body if hasattr(child, "name")}
        if name not in named:
            raise ExtensionError(f"{place}: expected {name} in {path}; it is not there any more")
        node = named[name]
    return source, node


def lines_of(place: str) -> tuple[str, int]:
    """Return a function without its docstring, and the number of its first line."""
    source, node = definition(place)
    lines = source.splitlines()
    skip = node.body[0] if ast.get_docstring(node) else None
    kept = [
        line
        for number, line in enumerate(lines[node.lineno - 1 : node.end_lineno], node.lineno)
        if skip is None or not skip.lineno <= number <= (skip.end_lineno or 0)
    ]
    indent = len(kept[0]) - len(kept[0].lstrip())
    return "\n".join(line[indent:] for line in kept), node.lineno


class FromTheCode(SphinxDirective):
    """An equation in prose, the function that computes it, the test that checks it."""

    required_arguments = 1
    option_spec: ClassVar = {"proof": directives.unchanged_required}
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return two columns: prose, and code."""
        code, line = lines_of(self.arguments[0])
        path, _, name = self.arguments[0].partition("::")
        words = self.parse_content_to_nodes()
        if proof := self.options.get("proof"):
            definition(proof)
            words += self.parse_text_to_nodes(f"Checked by `{proof}`.")
        block = nodes.literal_block(code, code, language="python")
        block["tabindex"] = 0
        where = self.parse_text_to_nodes(f"`{name}` in `{path}`, from line {line}")
        left, right = nodes.container("", *words), nodes.container("", *where, block)
        return [nodes.container("", left, right, classes=["beside"])]


def setup(app: Any) -> dict[str, Any]:
    """Add the directive ``from-the-code``."""
    app.add_directive("from-the-code", FromTheCode)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
