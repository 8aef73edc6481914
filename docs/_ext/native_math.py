"""Mathematics as MathML, which browsers draw and screen readers read without any script."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

LOG = logging.getLogger(__name__)


def converted(node: nodes.Element, **options: bool) -> str:
    """Return a formula as MathML; warn of one that cannot be converted, and show its source."""
    try:
        return str(tex2mathml(node.astext(), **options))
    except MathError as error:
        LOG.warning("%s in the formula %r", error, node.astext(), location=node)
        return f"<code>{escape(node.astext())}</code>"


def inline(self: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(converted(node))
    raise nodes.SkipNode


def block(self: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, which scrolls if the screen is narrow."""
    self.body.append(f'<div class="formula">{converted(node, as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, Any]:
    """Add the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
