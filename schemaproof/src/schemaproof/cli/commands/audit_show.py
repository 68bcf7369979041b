"""The command ``audit show``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, options, output

if TYPE_CHECKING:
    from schemaproof.audit.commands import RecordedCommand


@click.command("show", epilog=exit_codes.TABLE)
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(min=1))
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    metavar="NUMBER",
    help="Show at most this many, the newest.",
)
@click.option("--all", "everything", is_flag=True, help="Include commands of migrations.")
@options.output_format("Format of the record.")
def command(*, numbers: tuple[int, ...], limit: int, everything: bool, format_: str) -> None:
    """Show the recorded DDL commands, the newest last.

    With NUMBER, shows these commands and every object that they changed. Commands of migrations
    that the ledger records are left out.
    """
    from schemaproof.audit.commands import Chosen
    from schemaproof.cli.audit_record import recorded_commands
    from schemaproof.output.documents import as_json, lines

    chosen = Chosen(ids=numbers) if numbers else Chosen(newest=limit)
    found = recorded_commands(chosen)
    shown = [one for one in reversed(found) if numbers or everything or not one.by_migrator]
    if format_ == "json":
        output.put(as_json([_as_json(one) for one in shown]))
    else:
        texts = (text for one in shown for text in _lines(one, whole=bool(numbers)))
        output.put(lines(texts if shown else ["no command is recorded"]))


def _as_json(one: RecordedCommand) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(one), "recorded_at": one.recorded_at.isoformat()}


def _lines(one: RecordedCommand, *, whole: bool) -> Iterator[str]:
    when = f"{one.recorded_at:%Y-%m-%d %H:%M:%S %Z}"
    by_migrator = ", run by a migration" if one.by_migrator else ""
    yield f"{one.id} {when} {one.tag} {_objects(one)}by {one.who}{by_migrator}"
    text = one.text if one.kept != "cut" else f"{one.text} (cut)"
    for line in text.splitlines() if whole else [text]:
        yield f"    {line}"
    if whole:
        yield f"    transaction {one.transaction_id}"
        for thing in one.objects:
            yield f"    {thing.type} {thing.identity or ''}".rstrip()


def _objects(one: RecordedCommand) -> str:
    names: Sequence[str] = [thing.identity for thing in one.objects if thing.identity]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more} " if names else ""
