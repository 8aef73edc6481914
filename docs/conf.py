"""The site: ``sphinx-build -W docs site`` from the root of a checkout, with the extra ``docs``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE / "_ext"), str(ROOT)]

from ffnumpy import __version__  # noqa: E402

project, author, release = "ffnumpy", "the ffnumpy authors", __version__
copyright = author
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
    "code_names",
    "from_the_code",
    "native_math",
    "lessons",
    "chip_tables",
    "repository_pages",
]
exclude_patterns = ["_lessons", "live"]
templates_path = ["_templates"]
nitpicky = False
default_role = "name"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autosummary_imported_members = False
autodoc_default_options = {"show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_ivar = True

os.environ["FFNUMPY_FIGURES"] = "figures"  # below _lessons, where the tutorials run
sphinx_gallery_conf = {
    "examples_dirs": "_lessons",
    "gallery_dirs": "tutorials",
    "filename_pattern": r"\d\d_\w+\.py",
    "within_subsection_order": "FileNameSortKey",
    "remove_config_comments": True,
    "abort_on_example_error": True,
    "show_memory": False,
    "write_computation_times": False,
    "capture_repr": (),
    "min_reported_time": 3600,
    "download_all_examples": False,
    "reference_url": {},
}

html_theme = "furo"
html_title = "ffnumpy"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["live"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # a page opened as a file may not fetch another
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#b34300", "color-brand-content": "#b34300"},
    "dark_css_variables": {"color-brand-primary": "#ff922b", "color-brand-content": "#ffa94d"},
}
