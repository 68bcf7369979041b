"""A real Prometheus, if Debian's package is installed."""

import json
import math
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import pytest

from schemaproof_testing.project import ROOT
from schemaproof_testing.watching import free_port

RULES: Final = ROOT / "deploy" / "prometheus" / "alerts.yml"
SECONDS: Final = 90.0


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    port: int

    def api(self, path: str, **parameters: str) -> Any:
        address = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        answer = httpx.get(address, params=parameters, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def ask(self, expression: str) -> list[float]:
        """Return the values of an expression, without NaN."""
        found = self.api("query", query=expression)
        pairs = [each["value"] for each in found["result"]]
        return [float(text) for _, text in pairs if not math.isnan(float(text))]

    def until(self, expression: str) -> list[float]:
        """Wait until an expression returns data."""
        deadline = time.monotonic() + SECONDS
        while not (found := self.ask(expression)):
            assert time.monotonic() < deadline, expression
            time.sleep(0.5)
        return found

    def alerts(self) -> dict[str, str]:
        """Return the expressions of the alert rules by name."""
        groups = self.api("rules")["groups"]
        return {rule["name"]: rule["query"] for group in groups for rule in group["rules"]}


@contextmanager
def scraping(folder: Path, targets: Mapping[str, int]) -> Iterator[Prometheus]:
    """Run Prometheus, which scrapes the given ports of this machine each second."""
    program = find("prometheus")
    port = free_port()
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}
            for job, target in targets.items()
        ],
    }
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config), "utf-8")  # JSON is valid YAML.
    command = [
        program,
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    made = Prometheus(port)
    try:
        deadline = time.monotonic() + SECONDS
        while not is_ready(port):
            assert process.poll() is None, (folder / "prometheus.log").read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=60)


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def find(program: str) -> str:
    """Return the path of a program of Debian's package, or skip the test."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed (Debian: apt-get install prometheus)")
    return found
