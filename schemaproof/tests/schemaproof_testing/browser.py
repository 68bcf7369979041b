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
VIEWS: Final = tuple((width, scheme) for width in (1200, 400) for scheme in ("light", "dark"))
"""The widths, in pixels, and the colour schemes in which a page is shown."""
HOST: Final = """<!doctype html><meta charset="utf-8"><title>A page in frames</title>
<pre id="found"></pre>
{frames}
<script>
addEventListener("message", (event) =>
  document.getElementById("found").textContent += event.data + "\\n");
</script>"""
"""Chromium makes no window narrower than 500 pixels, but frames of any width and colour scheme."""
FRAME: Final = """<iframe title="page" name="{number}" src="{page}"
  style="border: 0; width: {width}px; height: 900px; color-scheme: {scheme}"></iframe>"""
RUN: Final = """<script>addEventListener("load", async () => {{
  const found = await (async () => {{ {script} }})();
  parent.postMessage(JSON.stringify([window.name, found]), "*");
}});</script></body>"""


def violations(page: Path, profile: Path) -> list[tuple[int, str, str, str]]:
    """Return the violations that axe finds on a page: view, rule, and the first element."""
    assert AXE is not None
    axe = Path(AXE.origin or "").with_name("axe.min.js").read_text("utf-8")
    told = "return found.violations.map((one) => [one.id, one.nodes[0].html]);"
    # Otherwise axe computes a selector for each element that passes, which takes half of the time.
    options = 'document, {resultTypes: ["violations"], selectors: false}'
    script = f"{axe}; const found = await axe.run({options}); {told}"
    found = zip(VIEWS, evaluated(page, profile, script), strict=True)
    return [(*view, rule, element) for view, told in found for rule, element in told]


def evaluated(page: Path, profile: Path, script: str) -> list[Any]:
    """Run a script in a page after it is loaded, in each view, and return the results.

    Args:
        page: The file, which may load other files of its folder.
        profile: A folder for the browser.
        script: The body of an asynchronous function in JavaScript.
    """
    assert BROWSER is not None
    inner, host = page.with_name("with_script.html"), page.with_name("frames.html")
    inner.write_text(page.read_text("utf-8").replace("</body>", RUN.format(script=script)), "utf-8")
    frames = [
        FRAME.format(number=number, page=inner.name, width=width, scheme=scheme)
        for number, (width, scheme) in enumerate(VIEWS)
    ]
    host.write_text(HOST.format(frames="\n".join(frames)), "utf-8")
    shown = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--window-size=1400,3800", "--virtual-time-budget=20000"),
            *(f"--user-data-dir={profile}", host.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    ).stdout
    inner.unlink()
    host.unlink()
    told = re.search(r'<pre id="found">(.*?)</pre>', shown, re.DOTALL)
    assert told, shown[:300]
    results = {int(name): found for name, found in map(json.loads, unescape(told[1]).splitlines())}
    return [results[number] for number in range(len(VIEWS))]
