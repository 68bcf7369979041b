"""The command ``audit status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, options, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemaproof.audit.state import AuditState


@click.command("status", epilog=exit_codes.TABLE)
@options.output_format("Format of the status.")
def command(*, format_: str) -> int:
    """Show whether DDL commands are recorded.

    Lists the commands that PostgreSQL never reports, too. Exit code 1 when the audit was altered
    or disabled.
    """
    from dataclasses import asdict

    from schemaproof.audit.gaps import GAPS
    from schemaproof.audit.state import read_state
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.output.documents import as_json

    with connected_to_read() as connection, reading(connection):
        state = read_state(connection)
    if format_ == "json":
        state_fields = None if state is None else {**asdict(state), "report": None}
        found = [] if state is None else [asdict(one) for one in state.report.findings]
        output.put(as_json({"audit": state_fields, "findings": found, "not_recorded": GAPS}))
    else:
        output.say(*_lines(state))
    is_altered = state is not None and not state.report.in_sync
    return exit_codes.FINDINGS if is_altered else exit_codes.OK


def _lines(state: AuditState | None) -> Iterator[str]:
    from schemaproof.audit.gaps import GAPS
    from schemaproof.program import command_line

    if state is None:
        yield f"audit:      not installed; {command_line('audit install')}"
    else:
        yield f"audit:      installed, owned by {state.owner or 'nobody'}"
        yield f"commands:   about {state.commands}, {state.bytes} bytes"
        yield f"readable:   {'yes' if state.may_read else 'not by this role'}"
        for one in state.report.findings:
            sides = f": expected {one.expected}, is {one.actual}" if one.expected else ""
            yield f"finding:    {one.code} {one.path}{sides}"
    for gap in GAPS:
        yield f"not recorded: {gap}"
