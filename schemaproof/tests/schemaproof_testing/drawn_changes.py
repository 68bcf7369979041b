"""Generate changes of models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Final, NamedTuple

from hypothesis import strategies as st

from schemaproof_testing.changed_models import SCHEMA, TEXTS, Change, Column, Shape, quoted


class Family(NamedTuple):
    """Types between which a column may change.

    Attributes:
        types: The types, in SQLAlchemy's syntax.
        value: The SQL expression for the value of a row, from its ``id``.
        constant: A constant default.
        volatile: An SQL expression that differs for each row, as a default.
        methods: The access methods of indexes on a column of these types.
    """

    types: tuple[str, ...]
    value: str
    constant: str
    volatile: str
    methods: tuple[str, ...] = ("btree", "hash")


_INTEGERS: Final = ("SmallInteger", "Integer", "BigInteger")
_NUMBERS: Final = (*_INTEGERS, "Numeric(10, 2)", "Numeric(20, 2)", "Numeric(20, 4)", "Double")
_FAMILIES: Final = {
    "number": Family((*_NUMBERS, "Text", "String(20)"), "id", "7", "random()"),
    "word": Family(
        ("Text", "String(30)", "String(40)", "Text(collation='C')"),
        "'it''s % :x' || id",
        "it's 100% :x",
        "left(md5(CAST(random() AS text)), 20)",
    ),
    "moment": Family(
        ("Date", "DateTime", "DateTime(timezone=True)"),
        "date '2024-02-28' + CAST(id AS int)",
        "2024-02-29",
        "clock_timestamp()",
        ("btree", "brin"),
    ),
    "uuid": Family(
        ("Uuid", "Text"),
        "CAST(md5(CAST(id AS text)) AS uuid)",
        "00000000-0000-0000-0000-000000000000",
        "gen_random_uuid()",
    ),
    "flag": Family(("Boolean",), "true", "true", "random() > 2"),
    "document": Family(("JSON", "pg.JSONB"), "'{}'", '{"a": [":x", "%"]}', "to_json(random())", ()),
    "numbers": Family(
        ("pg.ARRAY(Integer)", "pg.ARRAY(BigInteger)"),
        "CAST(ARRAY[id] AS int[])",
        "{1,2}",
        "ARRAY[CAST(random() AS int)]",
        ("gin", "btree"),
    ),
    "span": Family(
        ("pg.INT4RANGE", "pg.INT8RANGE"),
        "'[1,3)'",
        "[1,5)",
        "int4range(0, 1 + CAST(random() AS int))",
        ("gist", "spgist"),
    ),
    "kind": Family(("Enum", "Text"), "'a'", "a", ""),
}
_COLUMNS: Final = {
    "a": "number",
    "Big Number": "number",
    "order": "word",
    'say "100%":x': "word",
    "at": "moment",
    "m" * 63: "uuid",
    "is_it": "flag",
    "document": "document",
    "numbers": "numbers",
    "span": "span",
    "kind": "kind",
}
_UNIQUE: Final = ("a", "Big Number", "order", 'say "100%":x', "at", "m" * 63)
_SUFFIXES: Final = ("", " Mixed", '%s "q":x', "_" + "n" * 61)
_LABELS: Final = ("'a', 'b'", "'a', 'b', 'c'", "'b', 'a'", "'a'")
_COMMENTS: Final = (None, None, "it's 100% :x", 'two\nlines "q"')
_IDS: Final = ("Integer", "BigInteger")


class _Table(NamedTuple):
    """The parts of a table that do not change."""

    name: str
    schema: str | None
    is_partitioned: bool
    number: int


@st.composite
def _columns(draw: st.DrawFn, table: _Table) -> dict[str, Column]:
    chosen = draw(st.sets(st.sampled_from(sorted(_COLUMNS)), max_size=4))
    return {name: draw(_column(name, table)) for name in sorted(chosen)}


@st.composite
def _column(draw: st.DrawFn, name: str, table: _Table) -> Column:
    family = _FAMILIES[_COLUMNS[name]]
    kind = draw(st.sampled_from(family.types))
    is_nullable, default = draw(st.booleans()), ""
    which = draw(st.sampled_from(("none", "none", "constant", "volatile", "identity")))
    if which == "constant":
        default = f"server_default={family.constant!r}"
    elif which == "volatile" and family.volatile:
        volatile = f"CAST({family.volatile} AS text)" if kind in TEXTS else family.volatile
        volatile = volatile.replace("int4", "int8" if "8" in kind else "int4")
        default = f"server_default=text({_escaped(volatile)!r})"
    elif which == "identity" and kind in _INTEGERS and not table.is_partitioned:
        default, is_nullable = f"Identity({draw(st.sampled_from(('', 'always=True')))})", False
    if kind == "Enum":
        labels = draw(st.sampled_from(_LABELS))
        kind = f"Enum({labels}, name='kind{table.number}', schema={table.schema!r})"
    return Column(kind, family.value, is_nullable, default, draw(st.sampled_from(_COMMENTS)))


def _escaped(sql: str) -> str:
    return sql.replace(":", "\\:")


class _Parts:
    """Constraints and indexes on columns; a name depends on the kind and not on the options."""

    def __init__(self, draw: st.DrawFn, table: _Table, columns: dict[str, Column]) -> None:
        self._draw = draw
        self._is_drawn: Callable[[], bool] = lambda: draw(st.booleans())
        self._table = table
        self._columns = columns
        self._numbers = count(1)
        self._names = draw(st.sampled_from(("short", "long")))

    def drawn(self) -> Iterator[str]:
        """Draw some constraints and indexes, and options of the table."""
        for name in self._columns:
            if self._draw(st.integers(0, 2)) == 0:
                yield self._index(name)
        if (several := sorted(set(_UNIQUE) & self._columns.keys())) and self._is_drawn():
            yield self._unique(several)
        some = self._columns.items()
        numbers = [name for name, one in some if one.type in _IDS and "rand" not in one.default]
        if numbers and self._is_drawn():
            yield self._foreign_key(numbers[0])
        if self._columns and self._is_drawn():
            yield self._check()
        if self._is_drawn():
            yield f"comment={self._draw(st.sampled_from(_COMMENTS))!r}"

    def _name(self, kind: str) -> str:
        name = f"t{self._table.number}_{kind}{next(self._numbers)}"
        return repr(name + ("_" * 63)[: 63 - len(name)] if self._names == "long" else name)

    def _options(self, **options: list[str]) -> str:
        chosen = {name: self._draw(st.sampled_from(["", *some])) for name, some in options.items()}
        return "".join(f", {name}={value}" for name, value in chosen.items() if value)

    def _index(self, name: str) -> str:
        one = self._columns[name]
        methods = _FAMILIES[_COLUMNS[name]].methods
        if not methods:
            return f"Index({self._name('ix')}, 'id')"
        method = self._draw(st.sampled_from(methods))
        if one.type in TEXTS and method not in ("btree", "hash"):
            method = "btree"
        what = repr(name)
        where = repr(_escaped(f"{quoted(name)} IS NOT NULL"))
        options = {"postgresql_where": [f"text({where})"]}
        if method == "btree":
            expression = repr(_escaped(f"({quoted(name)} IS NULL)"))
            more = [what, f"{what}, 'id'", f"text({expression})", f"column({what}).desc()"]
            what = self._draw(st.sampled_from(more))
            options["postgresql_include"] = ["['id']"] if "'id'" not in what else []
            options["postgresql_with"] = ["{'fillfactor': 70}"]
        made = f"Index({self._name('ix')}, {what}, postgresql_using={method!r}"
        return made + self._options(**options) + ")"

    def _unique(self, names: list[str]) -> str:
        chosen = self._draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        # Rows that a default has filled may only differ in their id.
        columns = ", ".join(map(repr, ["id", *chosen]))
        options = self._options(
            postgresql_include=["['is_it']"] if "is_it" in self._columns else [],
            postgresql_nulls_not_distinct=["True"],
        )
        when = self._draw(st.sampled_from(("", "", ", deferrable=True, initially='DEFERRED'")))
        return f"UniqueConstraint({columns}, name={self._name('uq')}{options}{when})"

    def _foreign_key(self, name: str) -> str:
        options = self._options(
            ondelete=["'CASCADE'", "'SET NULL'"], deferrable=["True"], match=["'FULL'"]
        )
        rest = f"name={self._name('fk')}{options}"
        return f"ForeignKeyConstraint([{name!r}], ['other.id'], {rest})"

    def _check(self) -> str:
        name = self._draw(st.sampled_from(sorted(self._columns)))
        on = quoted(name)
        forms = [f"{on} IS DISTINCT FROM NULL OR id > 0", f"id < 100 OR {on} IS NULL", "id > 0"]
        if self._columns[name].type in TEXTS:
            forms.append(f"{on} <> 'a''s :y %'")
        check = _escaped(self._draw(st.sampled_from(forms)))
        return f"CheckConstraint({check!r}, name={self._name('ck')})"


@st.composite
def _shape(draw: st.DrawFn, table: _Table) -> Shape:
    columns = draw(_columns(table))
    kind = "Integer" if table.is_partitioned else draw(st.sampled_from(_IDS))
    key = draw(st.sampled_from(("primary_key=True", "primary_key=True", "nullable=False")))
    id_ = f"Column('id', {kind}, {key})"
    parts = tuple(_Parts(draw, table, columns).drawn())
    if not table.is_partitioned and draw(st.integers(0, 3)) == 0:
        source = draw(st.sampled_from(("id + 1", "id * 2")))
        columns["made"] = Column(
            kind, "", is_nullable=True, default=f"Computed('{source}')", comment=None
        )
    return Shape(id_, columns, parts)


@st.composite
def changes(draw: st.DrawFn, number: int) -> Change:
    """Draw a change of a table; tables with other numbers share no names with it.

    A column that is kept may change to any type that its values can be converted to.
    """
    suffix = draw(st.sampled_from(_SUFFIXES))
    name = f"t{number}"
    name += suffix[: 63 - len(name)]
    schema = draw(st.sampled_from((None, None, SCHEMA)))
    is_partitioned = draw(st.integers(0, 3)) == 0
    table = _Table(name, schema, is_partitioned, number)
    partition = None
    if is_partitioned:
        on = f"{quoted(schema or 'public')}.{quoted(name)}"
        part = f"{quoted(schema or 'public')}.{quoted(f'p{number}' + suffix[:60])}"
        partition = f"CREATE TABLE {part} PARTITION OF {on} FOR VALUES FROM (0) TO (2000000)"
    before, after = draw(_shape(table)), draw(_shape(table))
    if before.id.split(",")[1] != after.id.split(",")[1]:
        before.columns.pop("made", None)  # PostgreSQL cannot change a type that it needs.
    return Change(name, schema, partition, before, after)
