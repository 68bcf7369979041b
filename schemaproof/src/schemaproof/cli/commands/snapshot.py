"""The command ``snapshot``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, output, progress
from schemaproof.program import program_name

if TYPE_CHECKING:
    from schemaproof.compare import Difference


@click.command("snapshot", epilog=exit_codes.TABLE)
@click.option("--rewrite", is_flag=True, help="Replace snapshots that differ.")
def command(*, rewrite: bool) -> int:
    """Record the schema that each revision produces.

    Applies the revisions in scratch databases, one by one and all in one run, and writes a file for
    each into the folder snapshots beside versions. A file that differs is kept, with exit code 4,
    unless --rewrite is given: a recorded revision must not change.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.connection.interrupt import interruptible
    from schemaproof.history import one_run, record, replay, snapshot_file
    from schemaproof.history.history import read_revisions
    from schemaproof.history.project_probe import ProjectProbe

    project = find_project()
    folder = project.snapshot_folder
    with interruptible(), ProjectProbe(project) as probe, ExitStack() as until_compared:
        probe.load()
        files = read_revisions(project, probe)
        is_new = any(not (folder / f"{file.id}.json").exists() for file in files)
        differences = until_compared.enter_context(
            one_run.differences_in_one_run(probe, files, at_once=is_new)
        )
        with progress.shown("applying revisions", len(files)) as bar:
            replayed = replay.replayed(probe, files, on_found=bar.step)
        # With --rewrite the old snapshots are replaced, so they need not be readable.
        old = {} if rewrite else {key: snapshot_file.read(folder, key) for key in replayed}
        new = {key: value for key, value in replayed.items() if record.differs(old.get(key), value)}
        with progress.shown("applying all revisions in one run"):
            in_one_run = differences(replayed) if new else ()
    refused = [] if rewrite else [key for key in new if record.contradicts(old[key], new[key])]
    record.write(folder, {key: value for key, value in new.items() if key not in refused})
    for revision in replayed:
        state = "refused" if revision in refused else "recorded" if revision in new else "unchanged"
        output.say(f"{revision} {state}")
    return _refuse() if refused else _show_differences(in_one_run)


def _refuse() -> int:
    output.say(
        f"{program_name()}: a recorded revision has changed: restore its file from version"
        " control, or replace its snapshot with --rewrite",
        err=True,
    )
    return exit_codes.TAMPERED


def _show_differences(differences: Sequence[Difference]) -> int:
    from schemaproof.history import changes

    if not differences:
        return exit_codes.OK
    output.say("applied in one run, the revisions produce another schema:")
    for line in changes.in_lines(differences):
        output.say(f"  {line}")
    output.say("a revision depends on the session or the process of an earlier one: correct it")
    return exit_codes.FINDINGS
