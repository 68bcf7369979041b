"""``monps-db server``: the local PostgreSQL server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, output

if TYPE_CHECKING:
    from schemaproof import LocalServer


@click.group("server", epilog=exit_codes.TABLE)
def command() -> None:
    """Run a PostgreSQL server of this folder alone, in .monps/, on a unix socket."""


@command.command("start")
@click.option(
    "--only-local",
    is_flag=True,
    help="Stop with exit code 2 when the settings mean another server.",
)
def start(*, only_local: bool) -> None:
    """Start the server; make it, .env, the role and the database first if need be.

    An existing .env is never changed. When it means another server, that server is left alone.
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
            f"the settings mean {settings.display_url}, which is not the local server: nothing was"
            " touched",
            remedy="remove .env and the DB_ variables to have a local one made",
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
        output.say(f"the settings mean {settings.display_url}: left alone")


@command.command("stop")
def stop() -> None:
    """Stop the server; its data stay."""
    _server().stop()
    output.say("stopped")


@command.command("status")
def status() -> None:
    """Show whether the server runs, and where."""
    found = _server().status()
    output.say(f"{'running' if found.running else 'not running'}: PostgreSQL {found.version}")
    output.say(f"data:    {found.data_directory}")
    output.say(f"socket:  {found.socket_directory}")


@command.command("url")
def url() -> None:
    """Print the URL of the local database, without the password."""
    from core import config, local_env
    from core.errors import ConfigurationError

    settings = config.get_settings()
    if not local_env.points_to(settings, _server()):
        raise ConfigurationError(
            f"the settings mean {settings.display_url}, which is not the local server",
            remedy="remove .env and the DB_ variables, then: monps-db server start",
        )
    output.say(settings.display_url)


def _server() -> LocalServer:
    from core.project import find_project
    from schemaproof import local_server

    return local_server(find_project())
