"""Pages in a real browser, and what axe finds against them."""

import json
import re
import shutil
import subprocess
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Final

BROWSER: Final = shutil.which("chromium") or shutil.which("google-chrome")
AXE: Final = find_spec("axe_core_python")
WITHOUT_AXE: Final = BROWSER is None or AXE is None
LIGHT, DARK = "1", "0"
RUN: Final = """
<pre id="axe"></pre>
<script>{axe}</script>
<script>addEventListener("load", () => axe.run().then((found) => {{
  const told = found.violations.map((one) => [one.id, one.nodes[0].html]);
  document.getElementById("axe").textContent = JSON.stringify(told);
}}));</script>
</body>"""


def violations(page: Path, profile: Path, width: int, scheme: str) -> list[list[str]]:
    """Return what axe finds on a page: the rule, and the first element.

    Args:
        page: The file, which may load others beside it.
        profile: A folder for the browser.
        width: Of the window; Chromium makes none narrower than 500.
        scheme: ``LIGHT`` or ``DARK``.
    """
    assert BROWSER is not None
    assert AXE is not None
    axe = Path(AXE.origin or "").with_name("axe.min.js").read_text("utf-8")
    file = page.with_name("with_axe.html")
    text = page.read_text("utf-8").replace("</body>", RUN.format(axe=axe))
    file.write_text(text, "utf-8")
    shown = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *(f"--window-size={width},900", f"--blink-settings=preferredColorScheme={scheme}"),
            *("--virtual-time-budget=20000", f"--user-data-dir={profile}"),
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    file.unlink()
    told = re.search(r'<pre id="axe">(.*?)</pre>', shown)
    assert told, shown[:300]
    found: list[list[str]] = json.loads(unescape(told[1]))
    return found
