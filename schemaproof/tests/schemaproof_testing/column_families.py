"""The columns of generated tables, and the types between which each may change."""

from __future__ import annotations

from typing import Final, NamedTuple


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


INTEGERS: Final = ("SmallInteger", "Integer", "BigInteger")
_NUMBERS: Final = (*INTEGERS, "Numeric(10, 2)", "Numeric(20, 2)", "Numeric(20, 4)", "Double")
FAMILIES: Final = {
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
COLUMNS: Final = {
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
RENAMED: Final = {
    "a": "A b",
    "Big Number": "big_number",
    "order": "group",
    "at": "at.time",
    "is_it": "is_it2",
    "m" * 63: "n" * 63,
}
FAMILY: Final = {**COLUMNS, **{new: COLUMNS[old] for old, new in RENAMED.items()}}
"""The name of the family of each column, also of a renamed one."""
_KEYS: Final = ("a", "Big Number", "order", 'say "100%":x', "at", "m" * 63)
UNIQUE: Final = frozenset((*_KEYS, *(RENAMED[one] for one in _KEYS if one in RENAMED)))
