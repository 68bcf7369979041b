"""SQL as PostgreSQL's own parser reads it: libpg_query of 18, by way of postgast."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import postgast
from google.protobuf.message import DecodeError
from postgast import pg_query_pb2

from schemaproof.sql.sql_tokens import LONGEST_DEEP, NotAnalysed, refuse_too_deep

try:
    from google._upb import _message

    _READ_ALL_LEVELS: Callable[[bool], object] = _message.SetAllowOversizeProtos
except ImportError:
    # protobuf is installed in pure Python, whose limit cannot be changed.
    _READ_ALL_LEVELS = bool

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Statement(NamedTuple):
    """A statement in a text of SQL.

    Attributes:
        sql: The text of the statement, without the semicolon.
        start: The position of its first character in the whole text.
        tree: The parse tree; its class is named like the statement.
    """

    sql: str
    start: int
    tree: Any


def statements(sql: str) -> list[Statement]:
    """Return the statements of a text, without the space and comments between them.

    Raises:
        NotAnalysed: The parser cannot read the text, for example newer syntax, placeholders, COPY
            data, or an expression that nests too deeply.
    """
    if "\0" in sql:
        raise NotAnalysed("it holds a zero byte")
    try:
        content = sql.encode("utf-8")
        refuse_too_deep(sql)
        found = _parsed(sql).stmts
    except DecodeError as error:
        raise NotAnalysed(
            "it nests an expression more than 100 levels deep, such as 50 || in a row,"
            f" and is longer than {LONGEST_DEEP} characters"
        ) from error
    except (postgast.PgQueryError, UnicodeEncodeError) as error:
        raise NotAnalysed(" ".join(str(error).split())) from error
    made, characters, before = [], 0, 0
    for raw in found:
        end = raw.stmt_location + raw.stmt_len if raw.stmt_len else len(content)
        whole = content[raw.stmt_location : end].decode("utf-8")
        characters += len(content[before : raw.stmt_location].decode("utf-8"))
        before = raw.stmt_location
        start = characters + len(whole) - len(whole.lstrip())
        made.append(Statement(whole.strip(), start, postgast.unwrap_node(raw.stmt)))
    return made


def _parsed(sql: str) -> Any:
    """Parse a text; for a short one, the limit of protobuf on nested levels is lifted."""
    _READ_ALL_LEVELS(len(sql) <= LONGEST_DEEP)
    try:
        return postgast.parse(sql)
    finally:
        _READ_ALL_LEVELS(False)  # noqa: FBT003 -- it takes no other


def unless_analysed(*, otherwise: T) -> Callable[[Callable[P, R]], Callable[P, R | T]]:
    """Make a function that reads a text return something else if the text is not analysed."""

    def decorate(function: Callable[P, R]) -> Callable[P, R | T]:
        @wraps(function)
        def careful(*args: P.args, **kwargs: P.kwargs) -> R | T:
            try:
                return function(*args, **kwargs)
            except NotAnalysed:
                return otherwise

        return careful

    return decorate


def statement(sql: str) -> Any:
    """Return the tree of a text with exactly one statement.

    Raises:
        NotAnalysed: The parser cannot read the text, or it is not exactly one statement.
    """
    found = statements(sql)
    if len(found) != 1:
        raise NotAnalysed(f"it contains {len(found)} statements")
    return found[0].tree


def expression(sql: str) -> Any:
    """Return the tree of an expression.

    Raises:
        NotAnalysed: The parser cannot read the text.
    """
    return postgast.unwrap_node(statement(f"SELECT {sql}").target_list[0].res_target.val)


def constraint(definition: str) -> Any:
    """Return the tree of a constraint, as pg_get_constraintdef() prints it.

    Raises:
        NotAnalysed: The parser cannot read the text.
    """
    found = statement(f"ALTER TABLE t ADD {definition}").cmds[0].alter_table_cmd
    return inner(getattr(found, "def"))


def generated(definition: str) -> Any:
    """Return the tree of a generated column's expression, from a text such as ``(a + 1) STORED``.

    Raises:
        NotAnalysed: The parser cannot read the text.
    """
    added = statement(f"ALTER TABLE t ADD c int GENERATED ALWAYS AS {definition}")
    column = getattr(added.cmds[0].alter_table_cmd, "def").column_def
    return column.constraints[0].constraint.raw_expr


def text(expression: Any) -> str:
    """Return an expression as SQL."""
    whole = postgast.parse("SELECT NULL")
    value = whole.stmts[0].stmt.select_stmt.target_list[0].res_target.val
    value.CopyFrom(expression)
    return postgast.deparse(whole).removeprefix("SELECT ")


def within(tree: Any) -> Iterator[Any]:
    """Yield a tree and everything in it, from the outside inwards."""
    return (node for _, node in postgast.walk(tree))


def inner(node: Any) -> Any:
    """Return the fields of a node."""
    return postgast.unwrap_node(node)


def texts(nodes: Iterable[Any]) -> tuple[str, ...]:
    """Return the parts of a name."""
    return tuple(node.string.sval for node in nodes)


def words(tree: Any) -> tuple[str, ...]:
    """Return the strings in a tree: the parts of a name, the value of an option."""
    return tuple(node.sval for node in within(tree) if isinstance(node, pg_query_pb2.String))


def relation(variable: Any) -> tuple[str, ...]:
    """Return the name of a table, qualified as in the statement."""
    return (*([variable.schemaname] if variable.schemaname else []), variable.relname)


def is_on(options: Sequence[Any], wanted: str) -> bool:
    """Whether an option of a statement such as VACUUM is given and not disabled."""
    for option in (one.def_elem for one in options):
        if option.defname == wanted:
            value = inner(option.arg) if option.HasField("arg") else None
            stated = getattr(value, "sval", None) or getattr(value, "ival", True)
            return stated not in {"false", "off", 0}
    return False


def columns(tree: Any) -> set[str]:
    """Return the columns that an expression names."""
    found = (column_name(node) for node in within(tree))
    return {name for name in found if name}


def column_name(node: Any) -> str | None:
    """Return the column that an expression consists of; None for any other expression."""
    tree = inner(node)
    if isinstance(tree, pg_query_pb2.ColumnRef):
        return tree.fields[-1].string.sval or None
    return None


def is_same(one: Any, other: Any) -> bool:
    """Whether two trees are equal; their positions in the texts do not count."""
    return bool(_unplaced(one) == _unplaced(other))


def _unplaced(tree: Any) -> Any:
    copy = type(tree)()
    copy.CopyFrom(tree)
    for node in within(copy):
        if "location" in node.DESCRIPTOR.fields_by_name:
            node.ClearField("location")
    return copy
