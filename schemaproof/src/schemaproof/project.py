"""Which project is looked after: the table ``[tool.monps-db]`` of its pyproject.toml."""

from __future__ import annotations

import importlib.util
import os
import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemaproof.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

TABLE: Final = "[tool.monps-db]"
PATHS: Final = ("script-location", "alembic-ini", "scratch-sql", "baseline")
LISTS: Final = ("managed-schemas", "shared-schemas", "ignore", "lint-ignore")
TABLES: Final = ("roles", "settings")
KEYS: Final = ("metadata", "version-table", *PATHS, *LISTS, *TABLES)

_NAME: Final = r'"(?:[^"]|"")+"|[^".\s]+'
_TABLE_NAME: Final = re.compile(rf"(?:({_NAME})\.)?({_NAME})")


ROLES: Final = (
    ("monps_app", "application"),
    ("monps_migrator", "migrator"),
    ("monps_owner", "owner of everything"),
    ("monps_readonly", "reader"),
)
"""The roles that ``monps-db roles`` makes, with the parts that they play."""


@dataclass(frozen=True, slots=True)
class Project:
    """What belongs to the project; the defaults are this project's own values.

    Attributes:
        root: The folder of pyproject.toml.
        script_location: The folder of env.py and of the revisions.
        metadata: Where the models are, each as ``module:attribute``, in the order in which their
            tables can be created.
        managed_schemas: Schemas in which everything is ours.
        shared_schemas: Schemas in which only our own objects are looked at.
        ignore: Objects that are left out of every comparison.
        roles: Names of roles, each with the part that it plays.
        settings: What ALTER DATABASE and ALTER ROLE may set, each with its value.
        version_table: Schema and name of the table in which Alembic keeps the revision.
        alembic_ini_at: Alembic's configuration file; ``alembic.ini`` in the root when None.
        scratch_sql: A file of SQL that is run in each new scratch database: what is there before
            the first revision, such as extensions.
        lint_ignore: Rules that ``monps-db lint`` leaves out, as ``rule`` or ``revision:rule``.
        baseline_file: The file of accepted differences; None when there is none.
        scratch_url: Says where scratch databases are made; None for the local server.
    """

    root: Path
    script_location: Path
    metadata: tuple[str, ...] = ("models:Base.metadata",)
    managed_schemas: tuple[str, ...] = ("quantum",)
    shared_schemas: tuple[str, ...] = ("public",)
    ignore: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ROLES
    settings: tuple[tuple[str, str], ...] = ()
    version_table: tuple[str, str] = ("public", "alembic_version")
    alembic_ini_at: Path | None = None
    scratch_sql: Path | None = None
    lint_ignore: tuple[str, ...] = ()
    baseline_file: Path | None = None
    scratch_url: Callable[[], str | None] = field(
        default=partial(os.environ.get, "DB_SCRATCH_URL"), compare=False, repr=False
    )

    @property
    def alembic_ini(self) -> Path:
        """Alembic's configuration file; it need not exist."""
        return self.alembic_ini_at or self.root / "alembic.ini"

    @property
    def pyproject(self) -> Path:
        """The project's own file, which may hold ``[tool.alembic]`` too."""
        return self.root / "pyproject.toml"

    @property
    def snapshot_folder(self) -> Path:
        """Where it is recorded what each revision produces, a JSON file for each."""
        return self.script_location / "snapshots"

    @property
    def schemas(self) -> tuple[str, ...]:
        """All schemas that are looked at."""
        return (*self.managed_schemas, *self.shared_schemas)

    def narrowed_to(self, schemas: Collection[str]) -> Project:
        """Return the project with these schemas alone; with all of them when none is named.

        Raises:
            ConfigurationError: A schema is not one of the project's.
        """
        if not schemas:
            return self
        if unknown := sorted(set(schemas).difference(self.schemas)):
            raise ConfigurationError(
                f"unknown schema {', '.join(unknown)}",
                remedy=f"known are {', '.join(self.schemas)}",
            )
        return replace(
            self,
            managed_schemas=tuple(name for name in self.managed_schemas if name in schemas),
            shared_schemas=tuple(name for name in self.shared_schemas if name in schemas),
        )


def find_project(start: Path | None = None) -> Project:
    """Find the project that a folder belongs to.

    Args:
        start: The folder; the working directory when omitted.

    Returns:
        What the nearest pyproject.toml with our table says, in ``start`` or one of its parents;
        otherwise the project that this package was installed with.

    Raises:
        ConfigurationError: The table holds something unknown or of the wrong type, a file on the
            way cannot be read, or there is no project at all.
    """
    try:
        folder = (start or Path.cwd()).resolve()
    except OSError as error:
        raise ConfigurationError(f"the working directory: {error.strerror}") from error
    for root in (folder, *folder.parents):
        table = _read_table(root / "pyproject.toml")
        if table is not None:
            return _from_table(root, table)
    return _installed_project()


def _read_table(file: Path) -> Mapping[str, object] | None:
    """Read our table; None when there is no such file or no such table in it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text") from error
    if "monps-db" not in text:
        # Somebody else's file: whatever is wrong with it does not concern us.
        return None
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from error
    table = tool.get("monps-db") if isinstance(tool, dict) else None
    if table is None or isinstance(table, dict):
        return table
    raise ConfigurationError(f"{file}: {TABLE} should be a table")


_FIELDS: Final = {"alembic-ini": "alembic_ini_at", "baseline": "baseline_file"}


def _from_table(root: Path, table: Mapping[str, object]) -> Project:
    where = f"{root / 'pyproject.toml'} {TABLE}"
    if unknown := [key for key in table if key not in KEYS]:
        raise ConfigurationError(
            f"{where}: unknown key {unknown[0]!r}",
            remedy=f"known keys are {', '.join(sorted(KEYS))}",
        )
    given: dict[str, Any] = {
        _FIELDS.get(key, key.replace("-", "_")): _checked(root, where, key, value)
        for key, value in table.items()
    }
    return Project(**{"root": root, "script_location": root / "migrations", **given})


def _checked(root: Path, where: str, key: str, value: object) -> object:
    """Return an entry of the table as ``Project`` stores it.

    Raises:
        ConfigurationError: The value is of the wrong type or shape.
    """
    shape = "a list of names"
    if key in LISTS and isinstance(value, list) and all(map(_is_text, value)):
        return tuple(value)
    if key in PATHS:
        if isinstance(value, str) and value:
            return root / value
        shape = "a folder's path" if key == "script-location" else "a file's path"
    elif key == "version-table":
        if isinstance(value, str) and (name := _TABLE_NAME.fullmatch(value)):
            return (_unquoted(name[1] or "public"), _unquoted(name[2]))
        shape = "a table's name, such as 'public.alembic_version'"
    elif key == "metadata":
        several = value if isinstance(value, list) else [value]
        if several and all(isinstance(one, str) and _names_attribute(one) for one in several):
            return tuple(several)
        shape = "text such as 'models:Base.metadata', or a list of such texts"
    elif key in TABLES:
        return _checked_table(where, key, value)
    raise ConfigurationError(f"{where}: {key} should be {shape}, not {value!r}")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _checked_table(where: str, key: str, value: object) -> tuple[tuple[str, str], ...]:
    """Check a table of names; ``roles`` is written by part and kept by role."""
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where}: {key} should be a table, not {value!r}")
    pairs: list[tuple[str, str]] = []
    for name, given in value.items():
        names = given if isinstance(given, list) and key == "roles" else [given]
        if not all(isinstance(one, str) and one for one in names):
            raise ConfigurationError(f"{where}: {key}.{name} should be text, not {given!r}")
        pairs.extend((one, name) if key == "roles" else (name, one) for one in names)
    return tuple(sorted(pairs))


def _names_attribute(text: str) -> bool:
    module, colon, attribute = text.partition(":")
    return bool(module and colon and attribute)


def _installed_project() -> Project:
    # find_spec does not import a top-level package, so nothing of the history is run here.
    spec = importlib.util.find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            "no project found: no package 'migrations' is installed",
            remedy=f"run it in the folder of a pyproject.toml with {TABLE}",
        )
    location = Path(spec.submodule_search_locations[0]).resolve()
    return Project(root=location.parent, script_location=location)
