"""HTML pages and drawings from templates; all values are escaped."""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from schemaproof.output.documents import visible

_PACKAGE: Final = "schemaproof.output"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def template(name: str) -> Template:
    """Return an HTML template of this package."""
    return _environment().get_template(name)


def _finalize(value: object) -> object:
    """Convert a value of a template before it is escaped for HTML."""
    return visible(value) if isinstance(value, str) else value
