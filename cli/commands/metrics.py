"""``monps-db metrics``."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from schemaproof.cli import exit_codes, output

if TYPE_CHECKING:
    from cli.schema_metrics import Checked, Exposed


_LAST_PORT: Final = 65535


class Address(click.ParamType[tuple[str, int]]):
    """A port, or host and port."""

    name = "[HOST:]PORT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Take it apart."""
        found = re.fullmatch(r"(?:(.+):)?(\d{1,5})", str(value))
        if found is None or not 0 < int(found[2]) <= _LAST_PORT:
            self.fail(f"{value!r} is not a port, nor HOST:PORT", param, ctx)
        return (found[1] or "127.0.0.1").strip("[]"), int(found[2])


@click.command("metrics", epilog=exit_codes.TABLE)
@click.option(
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write them into a file, for the textfile collector of node_exporter.",
)
@click.option("--listen", type=Address(), help="Serve them over HTTP until interrupted.")
@click.option(
    "--every",
    type=click.IntRange(1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="With --listen, how long to wait between two checks.",
)
def command(*, file: Path | None, listen: tuple[str, int] | None, every: int) -> None:
    """Check once, and show the schema's state and the migrations to Prometheus.

    What is found is a figure here, not an exit code: that says only whether it could be found.
    """
    from cli.schema_metrics import Exposed

    if file is not None and listen is not None:
        raise click.UsageError("--output writes once, and --listen serves: give one of them")
    exposed = Exposed()
    if listen is None:
        from prometheus_client import generate_latest

        from schemaproof import Document

        exposed.update(_checked())
        text = generate_latest(exposed.registry).decode()
        output.put(Document(text.removesuffix("\n")), file)
        return
    _serve(exposed, *listen, every=every)


def _serve(exposed: Exposed, host: str, port: int, *, every: int) -> None:
    from prometheus_client import start_http_server

    from core.errors import MonpsError

    try:
        server, _ = start_http_server(port, host, exposed.registry)
    except OSError as error:
        raise MonpsError(
            f"{host}:{port} cannot be served: {error.strerror}",
            remedy="give --listen an address of this machine that is free",
        ) from error
    try:
        while True:
            _update(exposed)
            time.sleep(every)
    finally:
        server.shutdown()
        server.server_close()


def _update(exposed: Exposed) -> None:
    import psycopg2
    from sqlalchemy.exc import SQLAlchemyError

    from core.errors import InterruptionError, MonpsError
    from schemaproof.cli import error_boundary
    from schemaproof.cli.connection import target

    try:
        exposed.update(_checked())
    except InterruptionError:
        raise
    except (MonpsError, SQLAlchemyError, psycopg2.Error) as error:
        exposed.failed()
        error_boundary.say(error, target=target())


def _checked() -> Checked:
    from cli.schema_metrics import Checked
    from core.errors import HistoryError
    from schemaproof import Extent, inspect_history, ledger, load_history
    from schemaproof import check_database as check
    from schemaproof.cli import baselines
    from schemaproof.cli.connection import connected, connected_to_read, project

    ours = project()
    accepted = baselines.read(ours.baseline_file, update=False, reason=None)
    start = time.perf_counter()
    with connected_to_read() as connection:
        report = check(connection, ours)
    seconds = time.perf_counter() - start
    rows: list[dict[str, Any]] = []
    with connected() as session:
        found = inspect_history(session, ours)
        # What is wrong with the ledger, the report says.
        with suppress(HistoryError):
            rows = ledger.history(session, ours) if found.ledger_readable else []
    return Checked(
        report=accepted.applied_to(report, Extent(data=False, roles=False)),
        seconds=seconds,
        revisions=found.rows,
        heads=load_history(ours).heads,
        ledger=rows,
    )
