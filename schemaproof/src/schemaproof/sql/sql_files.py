"""SQL that stands in files.

Parameters are written ``:name`` there, and a % is a %.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlalchemy import TextClause

# As SQLAlchemy's text() reads them: no cast (::), no part of a word. PostgreSQL's parser takes no
# placeholder.
_PARAMETER: Final = re.compile(r"(?<![:\w]):(\w+)(?!:)")


@dataclass(frozen=True)  # without slots: a cache may refer to it
class SqlFiles:
    """The files ``NAME.sql`` of a package.

    Attributes:
        package: Its dotted name.
    """

    package: str

    @cache  # noqa: B019 - there is one for each package
    def text(self, name: str) -> str:
        """Return a file's statement without its semicolon: in a script Alembic adds its own."""
        content = files(self.package).joinpath(f"{name}.sql").read_text("utf-8")
        return content.strip().removesuffix(";")

    @cache  # noqa: B019
    def for_driver(self, name: str) -> str:
        """Return a file's statement as psycopg2 takes it."""
        return in_style_of_driver(self.text(name))

    @cache  # noqa: B019
    def clause(self, name: str) -> TextClause:
        """Return a file's statement as SQLAlchemy takes it."""
        # What reads by the driver alone needs no SQLAlchemy.
        from sqlalchemy import text

        return text(self.text(name))


def in_style_of_driver(sql: str) -> str:
    """Return SQL with ``%(name)s`` for its parameters."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))
