"""Read, apply and write the baseline of the command ``check``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from schemaproof.cli import output
from schemaproof.findings import baseline, baseline_file
from schemaproof.findings.findings import Report


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted differences, and the file that lists them.

    Attributes:
        entries: The accepted differences.
        write_to: The file into which all current differences are written; None writes nothing.
        reason: The reason to accept new differences.
    """

    entries: Sequence[baseline.Entry]
    write_to: Path | None
    reason: str

    def applied_to(self, report: Report, extent: baseline.Extent) -> Report:
        """Mark accepted findings; write the file first if it is to be updated."""
        entries, today = self.entries, baseline.today()
        if self.write_to is not None:
            entries = baseline.updated(
                report, entries, reason=self.reason, today=today, extent=extent
            )
            output.write_file(self.write_to, baseline_file.dumps(entries))
        return baseline.accept(report, entries, today=today, extent=extent)


def read(path: Path | None, *, update: bool, reason: str | None) -> Baseline:
    """Read a baseline; a file that is to be written need not exist yet.

    Raises:
        ConfigurationError: The file cannot be read, or is no baseline.
        UsageError: The baseline is to be updated or a reason is given, but no file is named.
    """
    if path is None and (update or reason is not None):
        raise click.UsageError("name the file: --baseline FILE")
    write_to = path if update else None
    reason = reason or f"accepted on {baseline.today().isoformat()}"
    if path is None or (update and not path.is_file()):
        return Baseline((), write_to, reason)
    return Baseline(baseline_file.load(path), write_to, reason)


def write_accepted(path: Path, entries: Sequence[baseline.Entry], *, reason: str | None) -> None:
    """Write a baseline of these entries; entries that the file has already keep their reason.

    Raises:
        ConfigurationError: The existing file is not a baseline.
        SchemaproofError: The file cannot be written.
    """
    known = read(path, update=True, reason=None).entries
    mine = [entry if reason is None else replace(entry, reason=reason) for entry in entries]
    kept = {(entry.code, entry.path, entry.expected, entry.actual) for entry in known}
    new = [
        entry
        for entry in mine
        if (entry.code, entry.path, entry.expected, entry.actual) not in kept
    ]
    output.write_file(path, baseline_file.dumps([*known, *new]))
