"""The HTTP pages of the daemon, which change nothing and ask no database."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final

from prometheus_client.exposition import choose_encoder

from schemaproof.output.documents import Document, as_json
from schemaproof.report import html
from schemaproof.report import json as json_report
from schemaproof.watch.metrics import StateCollector
from schemaproof.watch.state import Checked, State

_NOTHING_YET: Final = "no check has completed yet"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a client."""

    body: bytes
    content_type: str
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages, by path.

    Attributes:
        state: The state of the daemon, with the result of the last check.
        metrics: The same state, as metrics for Prometheus.
        too_long: The number of seconds after which a running check counts as one that hangs.
    """

    state: State
    metrics: StateCollector
    too_long: float

    def answer(self, path: str, accept: str) -> Answer:
        """Answer a request.

        Args:
            path: The path of the request.
            accept: The forms of an answer that the client accepts: its header ``Accept``.
        """
        if path == "/metrics":
            encode, content_type = choose_encoder(accept)
            return Answer(encode(self.metrics.registry), content_type)
        known: Mapping[str, Callable[[], Answer]] = {
            "/": lambda: self._report_answer(self._page, "text/html; charset=utf-8"),
            "/report.json": lambda: self._report_answer(
                lambda checked: json_report.render(checked.report), _JSON
            ),
            "/healthz": self._health,
            "/readyz": self._readiness,
        }
        found = known.get(path)
        return found() if found else _short_answer("there is no such page", HTTPStatus.NOT_FOUND)

    def _report_answer(self, render: Callable[[Checked], Document], content_type: str) -> Answer:
        checked = self.state.last.checked
        if checked is None:
            return _short_answer(
                self.state.last.error or _NOTHING_YET, HTTPStatus.SERVICE_UNAVAILABLE
            )
        headers = {"Last-Modified": format_datetime(checked.ended, usegmt=True)}
        text = render(checked).encode("utf-8", "surrogateescape")
        return Answer(text, content_type, headers=headers)

    def _page(self, checked: Checked) -> Document:
        when = f"Checked at {checked.ended:%Y-%m-%d %H:%M:%S} UTC, in {checked.seconds:.2f} s."
        error = self.state.last.error
        later = f" A later check could not complete: {error}" if error else ""
        return html.render(checked.report, note=f"{when}{later}")

    def _health(self) -> Answer:
        """Return whether the daemon works; if a check hangs, it has to be restarted."""
        since = self.state.last.running_since
        seconds = 0.0 if since is None else time.monotonic() - since
        if seconds > self.too_long:
            problem = f"a check has been running for {seconds:.0f} s"
            return _short_answer(problem, HTTPStatus.SERVICE_UNAVAILABLE)
        return _short_answer("ok")

    def _readiness(self) -> Answer:
        """Return whether the figures are current."""
        if self.state.last.is_complete:
            return _short_answer("ok")
        return _short_answer(self.state.last.error or _NOTHING_YET, HTTPStatus.SERVICE_UNAVAILABLE)


def _short_answer(text: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    content = as_json({"ok": status is HTTPStatus.OK, "reason": text})
    return Answer(content.encode("utf-8", "surrogateescape"), _JSON, status)
