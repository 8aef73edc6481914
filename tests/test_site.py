"""The site is built without a warning, works without a network, and reads well on a telephone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from browser import TELEPHONE, WIDE, browser_or_skip, complaints, overflow, resize

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted(path.stem for path in (ROOT / "tutorials").glob("*.py"))
PAGES = [
    "index.html",
    "equation_to_line.html",
    "physics.html",
    "glossary.html",
    "chip.html",
    "command_line.html",
    "repository/results.html",
    "tutorials/index.html",
    *(f"tutorials/{stem}.html" for stem in LESSONS),
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site by the README's own command, but run one tutorial: others run elsewhere."""
    pytest.importorskip("sphinx_gallery", reason="the extra docs is not installed")
    pytest.importorskip("pypandoc", reason="the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    one = f"sphinx_gallery_conf.filename_pattern={LESSONS[0]}"
    options = ["-W", "--keep-going", "-q", "-D", one]
    command = [sys.executable, "-m", "sphinx", *options, "docs", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr[-4000:]
    return folder


@pytest.fixture(scope="session")
def browser(site: Path) -> Iterator[Any]:
    found = browser_or_skip()
    yield found
    found.quit()


class References(HTMLParser):
    """What a page refers to, and the anchors that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.images_without_words = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.anchors.add(named.get("id") or "")
        self.targets += [named[key] or "" for key in ("href", "src") if key in named]
        self.images_without_words += tag == "img" and "alt" not in named


def references(page: Path) -> References:
    found = References()
    found.feed(page.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_every_link_and_image_leads_somewhere(site: Path) -> None:
    pages = {page: references(page) for page in site.rglob("*.html")}
    broken = []
    for page, found in pages.items():
        for target in found.targets:
            url = urlsplit(target)
            if url.scheme or url.netloc or "_static" in url.path:
                continue
            file = (page.parent / unquote(url.path)).resolve() if url.path else page
            anchors = pages[file].anchors if url.fragment and file in pages else {url.fragment}
            if not file.is_file() or url.fragment not in anchors:
                broken.append((page.name, target))
    assert broken == []


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    remote = re.compile(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", re.I)
    for page in site.rglob("*.html"):
        assert not remote.search(page.read_text(encoding="utf-8")), page


@pytest.mark.slow
def test_every_picture_is_told_in_words(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert references(page).images_without_words == 0, page


@pytest.mark.slow
@pytest.mark.parametrize("stem", LESSONS)
def test_a_tutorial_is_a_page_with_its_notebook(site: Path, stem: str) -> None:
    text = (site / "tutorials" / f"{stem}.html").read_text(encoding="utf-8")
    notebook = re.search(rf'href="([^"]*{stem}\.ipynb)"', text)
    assert notebook
    assert (site / "tutorials" / notebook[1]).is_file()


@pytest.mark.slow
def test_a_tutorial_that_ran_shows_its_figures(site: Path) -> None:
    text = (site / "tutorials" / f"{LESSONS[0]}.html").read_text(encoding="utf-8")
    assert f"_images/sphx_glr_{LESSONS[0]}_001.png" in text


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_from_a_file_without_complaint(site: Path, browser: Any, page: str) -> None:
    resize(browser, WIDE)
    browser.get((site / page).as_uri())
    assert complaints(browser) == []
    broken = "return [...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
    assert browser.execute_script(broken) == []


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_a_telephone(site: Path, browser: Any, page: str) -> None:
    resize(browser, TELEPHONE)
    browser.get((site / page).as_uri())
    assert overflow(browser) <= 0


@pytest.mark.slow
def test_mathematics_is_drawn(site: Path, browser: Any) -> None:
    resize(browser, WIDE)
    browser.get((site / "equation_to_line.html").as_uri())
    size = (
        "return [...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)"
    )
    heights = browser.execute_script(size)
    assert len(heights) > 20
    assert min(heights) > 5


@pytest.mark.slow
def test_search_finds_goodness(site: Path, browser: Any) -> None:
    browser.get((site / "search.html").as_uri() + "?q=goodness")
    browser.implicitly_wait(20)
    links = browser.find_elements("css selector", "#search-results li a")
    assert any("goodness" in link.get_attribute("href") for link in links)
    assert complaints(browser) == []


@pytest.mark.slow
def test_a_keyboard_reaches_the_text(site: Path, browser: Any) -> None:
    browser.get((site / "index.html").as_uri())
    first = browser.find_element("css selector", "a.skip-to-content, a[href='#furo-main-content']")
    assert "content" in first.text.lower() or first.get_attribute("href").endswith("content")


def test_the_tests_that_the_pages_name_are_there() -> None:
    text = (ROOT / "docs" / "equation_to_line.md").read_text(encoding="utf-8")
    for path, name in re.findall(r":proof: (\S+)::(\w+)", text):
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name
    for path, name in re.findall(r"\{from-the-code\} (\S+)::(?:\w+\.)?(\w+)", text):
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name
