"""The program ``schemaproof``, which works on the project of the working directory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from schemaproof.cli import exit_codes, output
from schemaproof.cli.find_database import OPTION, VARIABLE, DatabaseFinder
from schemaproof.cli.program import LazyGroup, run
from schemaproof.cli.proof_commands import COMMANDS
from schemaproof.connection.database_url import has_password
from schemaproof.connection.url_target import UrlTarget

if TYPE_CHECKING:
    from schemaproof.project import Project


def _read_attribute(project: Project, name: str) -> str:
    from schemaproof.history.project_probe import ProjectProbe

    with ProjectProbe(project) as probe:
        return probe.text(name, "url")


def _take_url(context: click.Context, _option: click.Parameter, url: str | None) -> None:
    if url is None:
        return
    if has_password(url):
        output.say(
            f"{UrlTarget.program}: the password in {OPTION} can be seen in the list of processes;"
            f" {VARIABLE} and ~/.pgpass hide it",
            err=True,
        )
    context.obj.given = url


_URL: Final = click.Option(
    [OPTION],
    metavar="URL",
    callback=_take_url,
    expose_value=False,
    help=f"URL of the database. Others can see a password in it: use {VARIABLE} for that.",
)


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    common=[_URL],
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=exit_codes.TABLE,
)
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name=UrlTarget.program, message="%(prog)s %(version)s")
def group(*, debug: bool) -> None:
    """Prove that models, migration history and database agree.

    The database is named by the first of these that is set: --url, DATABASE_URL, url in
    [tool.schemaproof], sqlalchemy.url in alembic.ini, PGHOST, PGDATABASE and so on.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``schemaproof`` and exit."""
    run(group, target=UrlTarget(DatabaseFinder(_read_attribute), os.environ), arguments=arguments)
