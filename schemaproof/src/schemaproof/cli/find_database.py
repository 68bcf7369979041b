"""Find the database for the commands of ``schemaproof``: the first source that names one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as IniError
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemaproof.cli import output
from schemaproof.connection.database_url import (
    has_password,
    is_postgresql,
    url_parts,
    variable_parts,
)
from schemaproof.connection.url_settings import UrlSettings
from schemaproof.connection.url_target import UrlTarget
from schemaproof.errors import ConfigurationError
from schemaproof.program import program_name

if TYPE_CHECKING:
    from schemaproof.project import Project

VARIABLE: Final = "DATABASE_URL"
OPTION: Final = "--url"
_LIBPQ: Final = "PGHOST, PGDATABASE and so on"
_SOCKETS: Final = ("/var/run/postgresql", "/run/postgresql", "/tmp")  # noqa: S108 - libpq's
_REMEDY: Final = (
    f"name the database: {VARIABLE}=postgresql://USER:PASSWORD@HOST:PORT/DATABASE, {OPTION}, url in"
    f" [tool.schemaproof], sqlalchemy.url in alembic.ini, or libpq's variables ({_LIBPQ})"
)


@dataclass(frozen=True, slots=True)
class DatabaseFinder:
    """The search for the database, through its sources in their order.

    Attributes:
        read_attribute: The function that reads ``module:attribute`` of the project, as text.
        environ: The environment variables.
    """

    read_attribute: Callable[[Project, str], str]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def __call__(self, given: str | None) -> UrlSettings:
        """Find the database, and return its settings.

        Args:
            given: The value of the option ``--url``.

        Raises:
            ConfigurationError: No database is named, or the URL is not a PostgreSQL URL.
        """
        for source, url in self._urls(given):
            return self.settings(source, url)
        parts = variable_parts(self.environ)
        if not parts:
            raise ConfigurationError("no database is named", remedy=_REMEDY)
        return UrlSettings.from_environment(
            self.environ, environ=self.environ, parts=self._completed(parts, _LIBPQ), source=_LIBPQ
        )

    def _urls(self, given: str | None) -> Iterator[tuple[str, str]]:
        if given is not None:
            yield OPTION, given
        if url := self.environ.get(VARIABLE, "").strip():
            yield VARIABLE, url
        from schemaproof.project_file import look_for_project

        project = look_for_project()
        if project is None:
            return
        if project.url is not None:
            yield from self._named_by_project(project, project.url)
        from schemaproof.history.alembic_options import database_url

        # The example that `alembic init` writes, and URLs of other kinds of databases, are skipped.
        if is_postgresql(url := database_url(project) or ""):
            yield f"sqlalchemy.url in {project.alembic_ini.name}", url

    def _named_by_project(self, project: Project, name: str) -> Iterator[tuple[str, str]]:
        if ":" in name:
            yield name, self.read_attribute(project, name)
        elif url := self.environ.get(name, "").strip():
            yield name, url

    def settings(self, source: str, url: str) -> UrlSettings:
        """Return the connection settings in a URL.

        Args:
            source: The name of the URL in messages.
            url: The URL.

        Raises:
            ConfigurationError: The URL is not a PostgreSQL URL.
        """
        try:
            parts = url_parts(url)
        except ValueError as error:
            raise ConfigurationError(f"{source}: {error}", remedy=_REMEDY) from None
        given = url if source in {OPTION, VARIABLE} else None
        parts = self._completed(parts, source)
        return UrlSettings.from_environment(
            self.environ, environ=self.environ, parts=parts, source=source, url=given
        )

    def _completed(self, parts: Mapping[str, str], source: str) -> dict[str, str]:
        """Add the settings of a service, and the socket that libpq uses when no host is named."""
        service = parts.get("service")
        known = {**self._service(service, source), **parts} if service else {**parts}
        known.pop("service", None)
        if not ("host" in known or "hostaddr" in known):
            socket = f".s.PGSQL.{known.get('port', '5432')}"
            here = [folder for folder in _SOCKETS if Path(folder, socket).exists()]
            known["host"] = here[0] if here else "localhost"
        elif "host" not in known:
            known["host"] = known["hostaddr"]
        return known

    def _service(self, name: str, source: str) -> dict[str, str]:
        """Read a service (PostgreSQL manual, section 34.17); the user's own file comes first."""
        own = self.environ.get("PGSERVICEFILE") or Path.home() / ".pg_service.conf"
        common = self.environ.get("PGSYSCONFDIR", "/etc/postgresql-common")
        for file in (Path(own), Path(common, "pg_service.conf")):
            parser = ConfigParser(interpolation=None, strict=False)
            try:
                parser.read(file, "utf-8")
            except (IniError, OSError, UnicodeDecodeError) as error:
                raise ConfigurationError(f"{file} cannot be read as a service file") from error
            if parser.has_section(name):
                return dict(parser[name])
        raise ConfigurationError(f"{source}: there is no service {name}", remedy=_REMEDY)


def named(name: str, url: str, environ: Mapping[str, str]) -> UrlTarget:
    """Return the database that a URL names; warn when others can see a password in it.

    Args:
        name: The name of the URL in messages.
        url: The URL.
        environ: The environment variables.

    Raises:
        ConfigurationError: The URL is not a PostgreSQL URL.
    """
    found = DatabaseFinder(lambda _project, name: name, environ).settings(name, url)
    if has_password(url):
        output.say(
            f"{program_name()}: the password in {name} can be seen in the list of processes;"
            " ~/.pgpass hides it",
            err=True,
        )
    return UrlTarget(lambda _url: found, environ)
