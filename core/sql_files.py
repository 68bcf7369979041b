"""Read SQL from separate files: ``queries/NAME.sql`` of a package."""

from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text


@cache
def statement(package: str, name: str) -> TextClause:
    """Read ``queries/NAME.sql`` of a package; the statement's parameters are bound by name."""
    return text(files(package).joinpath("queries", f"{name}.sql").read_text("utf-8"))
