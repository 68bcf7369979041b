"""Generated changes of models: what a table has before, and what it has after."""

from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

_NAMES: Final = ("a", "b", "c")
_TYPES: Final = {"Integer": "7", "Text": "x", "BigInteger": "5", "Boolean": "true"}
_VOLATILE: Final = "server_default=text('gen_random_uuid()')"


@dataclass(frozen=True)
class Change:
    """A table before and after, as the parts of its model."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@st.composite
def _columns(draw: st.DrawFn) -> dict[str, str]:
    columns = {}
    for name in draw(st.sets(st.sampled_from(_NAMES))):
        kind = draw(st.sampled_from([*_TYPES, "Uuid"]))
        options = [] if draw(st.booleans()) else ["nullable=False"]
        if draw(st.booleans()):
            options.append(f"server_default='{_TYPES[kind]}'" if kind in _TYPES else _VOLATILE)
        columns[name] = ", ".join([f"Column('{name}', {kind}", *options]) + ")"
    return columns


@st.composite
def _parts(draw: st.DrawFn, table: str, columns: dict[str, str]) -> list[str]:
    """Draw what stands on columns; a name says what it is, so that one of it stays the same."""
    parts = []
    for name, column in sorted(columns.items()):
        own = f"name='{table}_{name}"
        asked = draw(st.sets(st.sampled_from(("index", "unique", "key", "check", "partial"))))
        if "index" in asked:
            parts.append(f"Index('{table}_{name}_ix', '{name}')")
        if "unique" in asked:
            parts.append(f"UniqueConstraint('{name}', {own}_uq')")
        if "key" in asked and "Integer" in column and "Big" not in column:
            parts.append(f"ForeignKeyConstraint(['{name}'], ['other.id'], {own}_fk')")
        if "check" in asked:
            parts.append(f"CheckConstraint('{name} IS DISTINCT FROM NULL', {own}_ck')")
        if "partial" in asked:
            parts.append(
                f"Index('{table}_{name}_pix', 'id', postgresql_where=text('{name} IS NULL'))"
            )
    return parts


@st.composite
def changes(draw: st.DrawFn, table: str) -> Change:
    """Draw a change; a column that stays may get another type."""
    old, new = draw(_columns()), draw(_columns())
    return Change(
        (*sorted(old.values()), *draw(_parts(table, old))),
        (*sorted(new.values()), *draw(_parts(table, new))),
    )


def models(tables: dict[str, tuple[str, ...]]) -> str:
    """Return the text of the models."""
    other = "Table('other', Base.metadata, Column('id', Integer, primary_key=True))\n"
    return other + "".join(
        f"Table('{name}', Base.metadata, Column('id', Integer, primary_key=True),"
        f" {', '.join(parts)})\n"
        for name, parts in tables.items()
    )
