"""Names in docstrings: a link where the whole name of something of ours is given, else plain code.

The types of parameters are prose, "(batch, width) array", in which no word is a name to be looked
up; those in signatures are links.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.roles import XRefRole

OURS = ("ffnumpy.", "hardware_sim.")
REQUEST = re.compile(r"set_\w+_request")


def name(role: str, raw: str, text: str, line: int, inliner: Any, *rest: Any) -> Any:
    """Return a reference to a whole name, and code for anything else."""
    if text.startswith(OURS):
        return XRefRole()("py:obj", raw, text, line, inliner, *rest)
    return [nodes.literal(raw, text)], []


def plain_types(app: Any, tree: nodes.document) -> None:
    """Take the references out of the types of parameters."""
    for reference in list(tree.findall(pending_xref)):
        if reference.get("refspecific") and "." not in reference["reftarget"]:
            reference.replace_self(reference.children)


def belongs_to_others(app: Any, what: str, member: str, *rest: Any) -> bool | None:
    """Leave out the methods that scikit-learn puts into every estimator."""
    return True if REQUEST.fullmatch(member) else None


def setup(app: Any) -> dict[str, Any]:
    """Add the role ``name``, and read types as prose."""
    app.connect("autodoc-skip-member", belongs_to_others)
    app.add_role("name", name)
    app.connect("doctree-read", plain_types)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
