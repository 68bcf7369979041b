"""Generate changes of models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Final, NamedTuple

from hypothesis import strategies as st

from schemaproof_testing.changed_models import SCHEMA, TEXTS, Change, Column, Shape, quoted
from schemaproof_testing.column_families import COLUMNS, FAMILIES, FAMILY, INTEGERS, RENAMED, UNIQUE

_SUFFIXES: Final = ("", " Mixed", '%s "q":x', "_" + "n" * 61)
_USES: Final = (
    "CREATE VIEW {one} AS SELECT {name} AS c FROM {on}",
    "CREATE POLICY {of} ON {on} USING ({name} IS NOT NULL)",
    (
        "CREATE TRIGGER {of} BEFORE UPDATE OF {name} ON {on} FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
)
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
    chosen = draw(st.sets(st.sampled_from(sorted(COLUMNS)), max_size=4))
    return {name: draw(_column(name, table)) for name in sorted(chosen)}


@st.composite
def _column(draw: st.DrawFn, name: str, table: _Table) -> Column:
    family = FAMILIES[COLUMNS[name]]
    kind = draw(st.sampled_from(family.types))
    is_nullable, default = draw(st.booleans()), ""
    which = draw(st.sampled_from(("none", "none", "constant", "volatile", "identity")))
    if which == "constant":
        default = f"server_default={family.constant!r}"
    elif which == "volatile" and family.volatile:
        volatile = f"CAST({family.volatile} AS text)" if kind in TEXTS else family.volatile
        volatile = volatile.replace("int4", "int8" if "8" in kind else "int4")
        default = f"server_default=text({_escaped(volatile)!r})"
    elif which == "identity" and kind in INTEGERS and not table.is_partitioned:
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
        if (several := sorted(UNIQUE & self._columns.keys())) and self._is_drawn():
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
        methods = FAMILIES[FAMILY[name]].methods
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
def _shape(draw: st.DrawFn, table: _Table, columns: dict[str, Column]) -> Shape:
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
def _kept(draw: st.DrawFn, columns: dict[str, Column]) -> dict[str, Column]:
    """Draw columns that keep their types and defaults."""
    if not columns:
        return {}
    kept = draw(st.sets(st.sampled_from(sorted(columns)), max_size=2))
    return {name: draw(_changed(columns[name])) for name in sorted(kept)}


@st.composite
def _changed(draw: st.DrawFn, column: Column) -> Column:
    comment = draw(st.sampled_from(_COMMENTS))
    is_nullable = draw(st.booleans()) and "Identity" not in column.default
    return column._replace(comment=comment, is_nullable=is_nullable)


@st.composite
def _renamed(draw: st.DrawFn, names: list[str]) -> dict[str, str]:
    """Draw the new name of a column, or none."""
    if not names or draw(st.booleans()):
        return {}
    name = draw(st.sampled_from(names))
    return {name: RENAMED[name]}


@st.composite
def _uses(draw: st.DrawFn, change: Change, number: int) -> tuple[str, str]:
    """Draw an object that uses a column, or none; only of a policy the type may change."""
    old, new = change.before, change.after
    has_key = change.partition is None and "primary_key" in old.id
    found = []
    for name, one in sorted(old.columns.items()):
        then = change.renamed.get(name, name)
        if then in new.columns and "Computed" not in one.default:
            stays = one.type == new.columns[then].type
            found += [(form, name, then) for form in _USES if stays or ("POL" in form and has_key)]
    if not found or draw(st.integers(0, 2)) == 0:
        return "", ""
    form, *names = draw(st.sampled_from(found))
    user = f"of{number}"
    view = f"{quoted(change.schema or 'public')}.{user}"
    before, after = (
        form.format(one=view, of=user, on=change.on, name=quoted(name)) for name in names
    )
    return before, after


@st.composite
def changes(draw: st.DrawFn, number: int) -> Change:
    """Draw a change of a table; tables with other numbers share no names with it.

    A column that is kept may change to any type that its values can be converted to, and get
    another name.
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
    old = draw(_columns(table))
    new = {**draw(_columns(table)), **draw(_kept(old))}
    renamed = draw(_renamed(sorted(old.keys() & new.keys() & RENAMED.keys())))
    new = {renamed.get(name, name): one for name, one in new.items()}
    before, after = draw(_shape(table, old)), draw(_shape(table, new))
    if before.id.split(",")[1] != after.id.split(",")[1]:
        before.columns.pop("made", None)  # PostgreSQL cannot change a type that it needs.
    change = Change(name, schema, partition, before, after, renamed)
    return replace(change, uses=draw(_uses(change, number)))
