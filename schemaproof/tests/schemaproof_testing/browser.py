"""Open pages in a real browser, to run axe or a script."""

import json
import re
import shutil
import subprocess
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

BROWSER: Final = shutil.which("chromium") or shutil.which("google-chrome")
AXE: Final = find_spec("axe_core_python")
WITHOUT_AXE: Final = BROWSER is None or AXE is None
LIGHT, DARK = "1", "0"
FRAME: Final = """<!doctype html><meta charset="utf-8"><title>A page in a frame</title>
<pre id="found"></pre>
<iframe title="page" style="border: 0; width: {width}px; height: 900px" src="{page}"></iframe>
<script>
addEventListener("message", (event) => document.getElementById("found").textContent = event.data);
</script>"""
"""Chromium makes no window narrower than 500 pixels, but a frame of any width."""
RUN: Final = """<script>addEventListener("load", async () => {{
  const found = await (async () => {{ {script} }})();
  parent.postMessage(JSON.stringify(found), "*");
}});</script></body>"""


def violations(page: Path, profile: Path, width: int, scheme: str) -> list[list[str]]:
    """Return the violations that axe finds on a page: the rule, and the first element."""
    assert AXE is not None
    axe = Path(AXE.origin or "").with_name("axe.min.js").read_text("utf-8")
    told = "return found.violations.map((one) => [one.id, one.nodes[0].html]);"
    script = f"{axe}; const found = await axe.run(); {told}"
    found: list[list[str]] = evaluated(page, profile, width, scheme, script)
    return found


def evaluated(page: Path, profile: Path, width: int, scheme: str, script: str) -> Any:
    """Run a script in a page after it is loaded, and return the result.

    Args:
        page: The file, which may load other files of its folder.
        profile: A folder for the browser.
        width: The width of the page in pixels.
        scheme: ``LIGHT`` or ``DARK``.
        script: The body of an asynchronous function in JavaScript.
    """
    assert BROWSER is not None
    inner, frame = page.with_name("with_script.html"), page.with_name("frame.html")
    inner.write_text(page.read_text("utf-8").replace("</body>", RUN.format(script=script)), "utf-8")
    frame.write_text(FRAME.format(width=width, page=inner.name), "utf-8")
    shown = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--window-size=1400,1000", f"--blink-settings=preferredColorScheme={scheme}"),
            *("--virtual-time-budget=20000", f"--user-data-dir={profile}"),
            frame.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    inner.unlink()
    frame.unlink()
    told = re.search(r'<pre id="found">(.+?)</pre>', shown)
    assert told, shown[:300]
    return json.loads(unescape(told[1]))
