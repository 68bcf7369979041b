"""The command ``watch``."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from schemaproof.cli import exit_codes, options, output

if TYPE_CHECKING:
    from schemaproof.watch.metrics import StateCollector
    from schemaproof.watch.remembered import Memory
    from schemaproof.watch.state import Checked

_LAST_PORT: Final = 65535
_HANGS_AFTER: Final = 600.0


class Address(click.ParamType[tuple[str, int]]):
    """The type of an option: a port, or a host and a port."""

    name = "[HOST:]PORT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Split the address into host and port."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(?:(.+):)?(\d{1,5})", str(value))
        if found is None or not 0 < int(found[2]) <= _LAST_PORT:
            self.fail(f"{value!r} is neither a port nor HOST:PORT", param, ctx)
        return (found[1] or "127.0.0.1").strip("[]"), int(found[2])


@click.command("watch", epilog=exit_codes.TABLE)
@click.option(
    "--listen",
    type=Address(),
    default="127.0.0.1:9187",
    show_default=True,
    help="Address and port of the pages.",
)
@click.option(
    "--every",
    type=click.IntRange(1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="Pause between two checks.",
)
@options.file(
    "--output",
    "file",
    text="Check once, write the metrics to a file (for the textfile collector of node_exporter),"
    " and end.",
)
def command(*, listen: tuple[str, int], every: int, file: Path | None) -> int:
    """Check at an interval and serve the results over HTTP.

    Serves until SIGTERM or Ctrl-C: /metrics for Prometheus, / and /report.json with the last
    report, /healthz (is the program alive) and /readyz (did the last check complete). Findings do
    not change the exit code.
    """
    from schemaproof.watch.metrics import StateCollector
    from schemaproof.watch.remembered import Memory
    from schemaproof.watch.state import State

    collector = StateCollector(State())
    check = partial(_checked, Memory())
    if file is None:
        return _watch(check, collector, *listen, every=every)
    from prometheus_client import generate_latest

    from schemaproof.output.documents import Document

    collector.state.complete(check())
    text = generate_latest(collector.registry).decode()
    output.put(Document(text.removesuffix("\n")), file)
    return exit_codes.OK


def _watch(
    check: partial[Checked], collector: StateCollector, host: str, port: int, *, every: int
) -> int:
    from schemaproof.cli import error_boundary
    from schemaproof.cli.connection import project, target
    from schemaproof.errors import InterruptionError
    from schemaproof.watch import daemon
    from schemaproof.watch.pages import Pages
    from schemaproof.watch.server import served

    here = target()
    project()  # A wrong configuration is reported at the start, and not by the first check.
    here.settings()
    pages = Pages(collector.state, collector, too_long=max(_HANGS_AFTER, 10.0 * every))
    try:
        with served(pages, host, port):
            output.say(f"checks every {every} s; http://{_shown(host)}:{port}", err=True)
            daemon.run(
                check,
                collector.state,
                every=every,
                explain=partial(error_boundary.line, target=here),
                say=partial(output.say, err=True),
            )
    except (KeyboardInterrupt, InterruptionError):
        # An interruption is the usual end of a daemon, so it succeeds.
        return exit_codes.OK
    return exit_codes.OK


def _checked(memory: Memory) -> Checked:
    from schemaproof.cli.connection import connected_to_read, project
    from schemaproof.watch.checking import check_once

    ours = project()
    with connected_to_read() as connection:
        return check_once(connection, ours, memory)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
