"""Pages in a real browser: axe finds nothing against them, wide or narrow, light or dark."""

import json
import re
import shutil
import subprocess
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from schemaproof.compare import compare
from schemaproof.diagram import page
from schemaproof.diagram.picture import picture
from schemaproof.diagram.svg import drawing
from schemaproof.findings.findings import differences_of_two
from schemaproof.report import html
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema_pages.site import pages
from schemaproof_testing.project import history

BROWSER: Final = shutil.which("chromium") or shutil.which("google-chrome")
AXE: Final = find_spec("axe_core_python")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None or AXE is None, reason="no Chromium, or no axe"),
]
RUN: Final = """
<pre id="axe"></pre>
<script>{axe}</script>
<script>axe.run().then((found) => {{
  const told = found.violations.map((one) => [one.id, one.nodes[0].html]);
  document.getElementById("axe").textContent = JSON.stringify(told);
}});</script>
</body>"""
LIGHT, DARK = "1", "0"


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    head = history().head_snapshot or Snapshot()
    before = history().snapshot_at("3d5a71c08e42") or Snapshot()
    found = compare(head, before)
    site = dict(pages(head, "Schema", {}))
    marked = picture(head, found.differences)
    return {
        "diagram": page.render(marked, "Schema"),
        "report": html.render(differences_of_two(found), drawing=drawing(marked)),
        "index": site["index.html"],
        "table": site["quantum.quantum_strategies.html"],
    }


def violations(text: str, folder: Path, width: int, scheme: str) -> list[list[str]]:
    """What axe says of a page: the rule, and the first element."""
    assert BROWSER is not None
    assert AXE is not None
    axe = Path(AXE.origin or "").with_name("axe.min.js").read_text("utf-8")
    file = folder / "page.html"
    file.write_text(text.replace("</body>", RUN.format(axe=axe)), "utf-8")
    shown = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *(f"--window-size={width},900", f"--blink-settings=preferredColorScheme={scheme}"),
            *("--virtual-time-budget=20000", f"--user-data-dir={folder / 'profile'}"),
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    told = re.search(r'<pre id="axe">(.*?)</pre>', shown)
    assert told, shown[:300]
    found: list[list[str]] = json.loads(unescape(told[1]))
    return found


# A window of Chromium is not narrower than 500.
@pytest.mark.parametrize("width", [1200, 500])
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_axe_finds_nothing(
    written: dict[str, str], tmp_path: Path, width: int, scheme: str
) -> None:
    for name, text in written.items():
        assert (name, violations(text, tmp_path, width, scheme)) == (name, [])


def test_axe_finds_what_is_wrong(written: dict[str, str], tmp_path: Path) -> None:
    unnamed = written["table"].replace("<h1>", '<img src="x.png"><h1 style="color: #ccc">')
    found = {rule for rule, _ in violations(unnamed, tmp_path, 1200, LIGHT)}
    assert {"image-alt", "color-contrast"} <= found
