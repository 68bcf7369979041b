"""Write types, texts and expressions into a revision so that it can be run."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator

from sqlalchemy import text

from .operation_walk import operations_in
from .written_statements import escaped

_MADE_APART = "from sqlalchemy.dialects import postgresql"


def existing_types(theirs: Callable[..., Any] | None) -> Callable[..., Any]:
    """Return a ``render_item`` that writes an enum as an existing type.

    Separate statements create and drop the type, because an operation on a table would create an
    existing type again or a new one not at all (``add_column``), and never drops it.

    Args:
        theirs: The ``render_item`` of env.py, which takes precedence.
    """

    def render_item(kind: str, item: Any, context: Any) -> Any:
        if theirs is not None:
            given = theirs(kind, item, context)
            if given is not False:
                return given
        enum = _native_enum(item) if kind == "type" else None
        if enum is None:
            return False
        context.imports.add(_MADE_APART)
        labels = "".join(f"{str(label)!r}, " for label in enum.enums)
        schema = f", schema={str(enum.schema)!r}" if enum.schema else ""
        return f"postgresql.ENUM({labels}name={str(enum.name)!r}{schema}, create_type=False)"

    return render_item


def _native_enum(item: Any) -> Any:
    from sqlalchemy import Enum
    from sqlalchemy.types import TypeDecorator

    if isinstance(item, TypeDecorator):
        item = item.impl
    is_native = isinstance(item, Enum) and getattr(item, "native_enum", True) and item.name
    return item if is_native else None


def keep_texts(context: Any) -> None:
    """Write SQL into a revision so that it is the same when it runs.

    With the driver's own paramstyle, SQLAlchemy would double every % in the revision, too. And it
    would write the content of ``text()`` without the backslash that distinguishes a colon from a
    parameter.

    Args:
        context: The context of the migration, which executes nothing more.
    """
    dialect = context.dialect
    dialect.identifier_preparer = type(dialect)(paramstyle="named").identifier_preparer
    _write_texts(dialect, escaped)


def plain_dialect(dialect: Any) -> Any:
    """Return a dialect like another, which writes SQL as the server reads it.

    It does not double ``%``, and leaves the colons in ``text()`` unchanged.
    """
    plain = type(dialect)(paramstyle="named")
    _write_texts(plain, str)
    return plain


def _write_texts(dialect: Any, write: Callable[[str], str]) -> None:
    class Compiler(dialect.statement_compiler):  # type: ignore[misc]
        def visit_textclause(self, textclause: Any, **options: Any) -> str:
            if any(getattr(one, "value", None) is not None for one in _parameters(textclause)):
                return write(super().visit_textclause(textclause, **options))
            # A text that was read from a database has colons that are not escaped.
            return write(textclause.text.replace(r"\:", ":"))

    dialect.statement_compiler = Compiler


def _parameters(textclause: Any) -> Iterator[Any]:
    from sqlalchemy.sql import visitors

    found: Iterable[Any] = visitors.iterate(textclause)
    return (one for one in found if getattr(one, "__visit_name__", "") == "bindparam")


def keep_expressions(script: Any) -> None:
    """Write expressions of indexes without parameters, as ``literal_column()``."""
    for container in (script.upgrade_ops, script.downgrade_ops):
        for one in operations_in(container):
            if type(one).__name__ == "CreateIndexOp":
                one.columns = [_literal(column) for column in one.columns]
                where = one.kw.get("postgresql_where")
                if isinstance(where, str):
                    # The condition was read from a database.
                    one.kw["postgresql_where"] = text(escaped(where))


def _literal(expression: Any) -> Any:
    from sqlalchemy import literal_column
    from sqlalchemy.sql import visitors

    def replace(part: Any, **_: Any) -> Any:
        return literal_column(part.text.replace(r"\:", ":")) if _is_text(part) else None

    if isinstance(expression, str):
        return expression
    # Alembic wraps the text of an index that was read from a database.
    inner = getattr(expression, "text", None)
    expression = inner if _is_text(inner) else expression
    traverse: Callable[..., Any] = visitors.replacement_traverse
    return traverse(expression, {}, replace)


def _is_text(part: Any) -> bool:
    return getattr(part, "__visit_name__", "") == "textclause"


def complete_imports(script: Any) -> None:
    """Import the modules of the project's own types, which autogenerate only names."""
    for container in (script.upgrade_ops, script.downgrade_ops):
        for type_ in _types(container):
            module = type(type_).__module__
            if module.partition(".")[0] not in ("sqlalchemy", "alembic", "builtins"):
                script.imports.add("import " + module)


def _types(container: Any) -> Iterator[Any]:
    for one in operations_in(container):
        columns = [*getattr(one, "columns", ()), getattr(one, "column", None)]
        found = [getattr(column, "type", None) for column in columns]
        found += [getattr(one, name, None) for name in ("modify_type", "existing_type")]
        for type_ in found:
            if type_ is not None:
                yield type_
                inner = getattr(type_, "item_type", None)
                if inner is not None:
                    yield inner
