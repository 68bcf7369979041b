"""Measure which kinds of changes ``monps-db check`` finds, and which ``alembic check`` finds.

    python -m bench.drift --help

Each change is made in a copy of a freshly migrated database, on servers that the benchmark starts.
"""

import json
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack, closing
from itertools import product
from pathlib import Path

import click

from bench.drift import report
from bench.drift.projects import Subject, own_project, zoo_project
from bench.drift.runs import Options, Run, run
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import INSTALLED, SUPPORTED, Servers

NAMED = ("own", "zoo")


def _known(
    _context: click.Context, _parameter: click.Parameter, projects: tuple[str, ...]
) -> tuple[str, ...]:
    for project in projects:
        if project not in NAMED and not (Path(project) / "alembic.ini").is_file():
            raise click.BadParameter(f"{project}: there is no alembic.ini in that folder")
    return projects


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    "projects",
    multiple=True,
    default=NAMED,
    metavar="own|zoo|FOLDER",
    callback=_known,
    show_default=True,
    help="A project with alembic.ini and [tool.schemaproof]; may be given more than once.",
)
@click.option(
    "--major",
    "majors",
    multiple=True,
    type=int,
    default=SUPPORTED,
    show_default=True,
    help="A major version of PostgreSQL; may be given more than once.",
)
@click.option(
    "--per-kind",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    help="Targets of each kind; 0 means all of them.",
)
@click.option("--only", multiple=True, metavar="PATTERN", help="Kinds by name, such as 'index*'.")
@click.option("--alembic/--no-alembic", default=True, help="Whether alembic check runs, too.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every single outcome into a file.",
)
def main(
    *,
    projects: tuple[str, ...],
    majors: tuple[int, ...],
    per_kind: int,
    only: tuple[str, ...],
    alembic: bool,
    json_file: Path | None,
) -> None:
    """Make each change in a copy of a migrated database, and run the check on the copy."""
    options = Options(per_kind or None, only, alembic)
    runs: list[Run] = []
    with closing(Servers()) as servers:
        available = _available(servers, {*majors, *SUPPORTED})
        for project, major in product(projects, majors):
            if major not in available:
                continue
            newer = [server for other, server in available.items() if other > major]
            with ExitStack() as stack:
                runs.append(run(_subject(project, stack), available[major], options, newer))
            if json_file is not None:
                json_file.write_text(json.dumps(report.as_json(runs), indent=1), "utf-8")
    click.echo(report.table(runs))
    click.echo(report.misses(runs))


def _available(servers: Servers, majors: Iterable[int]) -> dict[int, LocalServer]:
    for major in sorted({*majors} - INSTALLED.keys()):
        click.echo(f"PostgreSQL {major} is left out: it is not installed", err=True)
    return {major: servers.get(major) for major in sorted({*majors} & INSTALLED.keys())}


def _subject(project: str, stack: ExitStack) -> Subject:
    if project == "own":
        return own_project()
    if project == "zoo":
        # The snapshots are recorded on each major version, because newer ones have more attributes.
        return zoo_project(Path(stack.enter_context(tempfile.TemporaryDirectory())))
    folder = Path(project).resolve()
    return Subject(folder.name, folder)


if __name__ == "__main__":
    main()
