"""The command ``monps-db server``: a local PostgreSQL server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, output
from schemaproof.cli.program import CommandGroup

if TYPE_CHECKING:
    from schemaproof import LocalServer


@click.group("server", cls=CommandGroup, epilog=exit_codes.TABLE)
def command() -> None:
    """Run a PostgreSQL server for this folder only.

    Its data are in .monps/; it listens on a Unix socket.
    """


@command.command("start")
@click.option(
    "--only-local",
    is_flag=True,
    help="Stop with exit code 2 when the settings name another server.",
)
def start(*, only_local: bool) -> None:
    """Start the server.

    Creates the server, .env, the role and the database where they do not exist. An existing .env is
    never changed. When it names another server, that server is left alone.
    """
    from core import config, local_env
    from core.errors import ConfigurationError
    from core.project import find_project
    from schemaproof import ensure_role_and_database

    server = _server()
    if not local_env.settings_exist():
        output.say(f"wrote {local_env.write_env_file(find_project().root, server)}")
    settings = config.get_settings()
    is_local = local_env.points_to(settings, server)
    if only_local and not is_local:
        raise ConfigurationError(
            f"the settings name {settings.display_url}, which is not the local server: nothing"
            " was changed",
            remedy="remove .env and the DB_ variables to create a local one",
        )
    server.start()
    output.say(f"running: {server.socket_directory}")
    if is_local:
        ensure_role_and_database(
            server,
            user=settings.DB_USER,
            password=settings.DB_PASSWORD.get_secret_value(),
            database=settings.DB_NAME,
        )
    else:
        output.say(f"the settings name {settings.display_url}: left alone")


@command.command("stop")
def stop() -> None:
    """Stop the server and keep its data."""
    _server().stop()
    output.say("stopped")


@command.command("status")
def status() -> None:
    """Show whether the server runs, and where its data are."""
    found = _server().status()
    output.say(f"{'running' if found.running else 'not running'}: PostgreSQL {found.version}")
    output.say(f"data:    {found.data_directory}")
    output.say(f"socket:  {found.socket_directory}")


@command.command("url")
def url() -> None:
    """Print the URL of the local database for psql.

    psql "$(monps-db server url)" opens it. The URL names a file that holds the password.
    """
    from core import config, local_env
    from core.errors import ConfigurationError

    settings = config.get_settings()
    server = _server()
    if not local_env.points_to(settings, server):
        raise ConfigurationError(
            f"the settings name {settings.display_url}, which is not the local server",
            remedy="remove .env and the DB_ variables, then: monps-db server start",
        )
    output.say(local_env.libpq_url(settings, server))


def _server() -> LocalServer:
    from core.project import find_project
    from schemaproof import local_server

    return local_server(find_project())
