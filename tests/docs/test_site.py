"""The site of docs/: links reach every page, nothing is loaded from elsewhere."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from schemaproof.findings.codes import CODES
from schemaproof_testing.browser import WITHOUT_AXE, violations
from schemaproof_testing.project import ROOT
from tests.docs.reference import MODULES, public_names

DOCS: Final = ROOT / "docs"
LINK: Final = re.compile(r"\]\((?!\w+:)([^)#]+)")


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = {ROOT / "README.md"}
    while waiting:
        page = waiting.pop()
        reached.add(page)
        links = LINK.findall(page.read_text("utf-8"))
        found = {(page.parent / link).resolve() for link in links if link.endswith(".md")}
        waiting |= found - reached
    assert {*DOCS.rglob("*.md")} - reached == set()


class Addresses(HTMLParser):
    """The addresses that a page loads, and the anchors in it."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids.add(found.get("id") or "")
        if tag in {"script", "img", "iframe"}:
            self.loaded.add(found.get("src") or "")
        if tag == "link" and found.get("rel") in {"stylesheet", "icon", "preconnect"}:
            self.loaded.add(found.get("href") or "")


def addresses(page: Path) -> Addresses:
    parser = Addresses()
    parser.feed(page.read_text("utf-8"))
    return parser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = [*site.rglob("*.html")]
    assert len(pages) > len(CODES)
    elsewhere = {
        (page.name, address)
        for page in pages
        for address in addresses(page).loaded
        if re.match(r"(\w+:)?//", address)
    }
    assert elsewhere == set()


@pytest.mark.slow
def test_every_public_name_is_documented(site: Path) -> None:
    described = addresses(site / "api.html").ids
    names = {f"{module}.{name}" for module in MODULES for name in public_names(module)}
    assert names - described == set()


@pytest.mark.slow
def test_every_code_is_reached_by_its_name(site: Path) -> None:
    for code in CODES:
        target = re.search(r'href="([^"#]+)#([^"]+)"', (site / f"findings/{code}.html").read_text())
        assert target
        assert target[2] == code
        assert code in addresses(site / "findings" / target[1]).ids


@pytest.mark.slow
@pytest.mark.skipif(WITHOUT_AXE, reason="no Chromium, or no axe")
def test_axe_finds_nothing(site: Path, tmp_path: Path) -> None:
    names = ("index", "migrating", "api", "findings", "findings/column")
    found = {name: violations(site / f"{name}.html", tmp_path) for name in names}
    assert {name: told for name, told in found.items() if told} == {}
