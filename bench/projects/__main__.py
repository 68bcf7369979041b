"""Try the engine on projects of other people: install, upgrade, snapshot, check, repair.

    python -m bench.projects --help

It installs each project's newest release from the package index, in an environment of its own, and
takes the steps of a user. The database is on a server that the benchmark starts.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from bench.projects import report
from bench.projects.environments import Environment
from bench.projects.subjects import Subject, known
from bench.projects.trial import Trial, attempt, time_snapshots
from schemaproof.scratch.providers import find_providers
from schemaproof_testing.servers import Servers

FOLDER = Path(tempfile.gettempdir()) / "bench-projects"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", "names", multiple=True, help="Which; all of them when omitted.")
@click.option("--major", type=int, default=18, show_default=True, help="The server's version.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where environments are kept; one that is there is taken as it is.",
)
@click.option(
    "--data",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another projects.toml.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write everything that came of it into a file.",
)
@click.option("--speed", is_flag=True, help="Only time the own upgrade and the first snapshot.")
def main(
    *,
    names: Sequence[str],
    major: int,
    folder: Path,
    data: Path | None,
    json_file: Path | None,
    speed: bool,
) -> None:
    """Try the projects; print a table, and the details to read."""
    subjects = known(data) if data else known()
    if unknown := sorted(set(names).difference(subjects)):
        raise click.BadParameter(f"{', '.join(unknown)}: known are {', '.join(subjects)}")
    trials: list[Trial] = []
    # If several providers have the same major version, the first one is used: if any of them has
    # the contrib modules, it is the first.
    programs = {one.major: one.binaries for one in reversed(find_providers())}
    with closing(Servers(programs)) as servers:
        server = servers.get(major)
        scratch = server_url(servers, major)
        for name in names or subjects:
            environment = _prepared(subjects[name], folder)
            if environment is not None and speed:
                own, snapshot = time_snapshots(environment, server, scratch)
                click.echo(report.speed(name, own, snapshot))
            elif environment is not None:
                trials.append(attempt(environment, server, scratch))
            if json_file is not None:
                json_file.write_text(json.dumps([asdict(one) for one in trials], indent=1), "utf-8")
    if trials:
        click.echo(report.table(trials, subjects))
        click.echo(report.details(trials, subjects))


def server_url(servers: Servers, major: int) -> str:
    """Return a URL of the server, for scratch databases."""
    one = servers.get(major).connect_parameters()
    query = f"host={one['host']}&port={one['port']}"
    return f"postgresql://{one['user']}:{one['password']}@/postgres?{query}"


def _prepared(subject: Subject, folder: Path) -> Environment | None:
    """Install a project if it is not installed yet; return None if that fails."""
    environment = Environment(subject, folder / subject.name)
    begin = time.monotonic()
    if not environment.is_installed:
        try:
            environment.install()
        except subprocess.CalledProcessError as error:
            click.echo(f"{subject.name} cannot be installed: {error}", err=True)
            return None
        click.echo(f"{subject.name}: installed in {time.monotonic() - begin:.0f} s", err=True)
    environment.configure()
    return environment


if __name__ == "__main__":
    main()
