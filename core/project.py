"""Which project is looked after: the table ``[tool.monps-db]`` of its pyproject.toml."""

from __future__ import annotations

import importlib.util
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

TABLE: Final = "[tool.monps-db]"
TEXTS: Final = ("baseline", "metadata", "script-location")
_SHAPES: Final = {
    "baseline": "a file's path",
    "metadata": "text such as 'models:Base.metadata'",
    "script-location": "a folder's path",
}
LISTS: Final = ("managed-schemas", "shared-schemas", "ignore", "lint-ignore")


@dataclass(frozen=True, slots=True)
class Project:
    """What belongs to the project; the defaults are this project's own values.

    Attributes:
        root: The folder of pyproject.toml and alembic.ini.
        script_location: The folder of env.py and of the revisions.
        metadata: Where the models are: ``module:attribute``.
        managed_schemas: Schemas in which everything is ours.
        shared_schemas: Schemas in which only our own objects are looked at.
        ignore: Objects that are left out of every comparison.
        lint_ignore: Rules that ``monps-db lint`` leaves out, as ``rule`` or ``revision:rule``.
        baseline_file: The file of accepted differences; None when there is none.
    """

    root: Path
    script_location: Path
    metadata: str = "models:Base.metadata"
    managed_schemas: tuple[str, ...] = ("quantum",)
    shared_schemas: tuple[str, ...] = ("public",)
    ignore: tuple[str, ...] = ()
    lint_ignore: tuple[str, ...] = ()
    baseline_file: Path | None = None

    @property
    def alembic_ini(self) -> Path:
        """Alembic's configuration file."""
        return self.root / "alembic.ini"

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


def _from_table(root: Path, table: Mapping[str, object]) -> Project:
    values = {key: _checked(root, key, value) for key, value in table.items()}
    location = root / str(values.pop("script-location", "migrations"))
    baseline = root / str(values.pop("baseline")) if "baseline" in values else None
    fields = {key.replace("-", "_"): value for key, value in values.items()}
    # mypy cannot follow names that come from a file; _checked has seen to the types.
    return Project(
        root=root,
        script_location=location,
        baseline_file=baseline,
        **fields,  # type: ignore[arg-type]
    )


def _checked(root: Path, key: str, value: object) -> str | tuple[str, ...]:
    """Check one entry of the table.

    Args:
        root: The project's folder, for messages.
        key: The entry's name.
        value: What TOML made of the entry.

    Returns:
        The value as ``Project`` stores it.

    Raises:
        ConfigurationError: The key is unknown or the value has the wrong type.
    """
    where = f"{root / 'pyproject.toml'} {TABLE}"
    if key in TEXTS:
        if isinstance(value, str) and value and (key != "metadata" or _names_attribute(value)):
            return value
        shape = _SHAPES[key]
        raise ConfigurationError(f"{where}: {key} should be {shape}, not {value!r}")
    if key in LISTS:
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        raise ConfigurationError(f"{where}: {key} should be a list of names, not {value!r}")
    known = ", ".join(sorted(TEXTS + LISTS))
    raise ConfigurationError(f"{where}: unknown key {key!r}", remedy=f"known keys are {known}")


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
