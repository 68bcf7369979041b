"""Read SQL from the files of a package.

Parameters are written ``:name``, and ``%`` has no special meaning. Names of tables that a project
chooses are written ``@{name}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from schemaproof.sql.quoting import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import TextClause

# These are parameters for SQLAlchemy's text(): no cast (::), and no part of a word. PostgreSQL's
# parser does not accept placeholders, so it cannot find them.
_PARAMETER: Final = re.compile(r"(?<![:\w]):(\w+)(?!:)")


class SqlTemplate(Template):
    """SQL with placeholders ``@{name}``, because ``$`` and ``%`` have a meaning in SQL."""

    delimiter = "@"


@dataclass(frozen=True)
class SqlFiles:
    """The files ``NAME.sql`` of a package.

    Attributes:
        package: The dotted name of the package.
        names: Pairs of a name and the text that replaces ``@{name}`` in the files.
    """

    package: str
    names: tuple[tuple[str, str], ...] = ()

    @cache  # noqa: B019 - there is one for each package
    def text(self, name: str) -> str:
        """Return a file's statement without its semicolon, because Alembic adds one in scripts."""
        content = files(self.package).joinpath(f"{name}.sql").read_text("utf-8")
        statement = content.strip().removesuffix(";")
        return SqlTemplate(statement).substitute(dict(self.names)) if self.names else statement

    @cache  # noqa: B019
    def for_driver(self, name: str) -> str:
        """Return a file's statement for psycopg2."""
        return in_style_of_driver(self.text(name))

    @cache  # noqa: B019
    def clause(self, name: str) -> TextClause:
        """Return a file's statement for SQLAlchemy."""
        # This import is here because code that uses only the driver does not need SQLAlchemy.
        from sqlalchemy import text

        return text(self.text(name))


def with_literals(sql: str, values: Mapping[str, str]) -> str:
    """Return SQL with literals in place of its parameters."""
    return _PARAMETER.sub(lambda found: literal(values[found[1]]), sql)


def in_style_of_driver(sql: str) -> str:
    """Return SQL with parameters in the form ``%(name)s``."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))
