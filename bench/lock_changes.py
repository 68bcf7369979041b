"""The changes of a table whose locks ``bench.locks`` measures."""

from typing import Final, NamedTuple

USUAL: Final = "Column('n', Integer), Column('w', String(20))"


class Change(NamedTuple):
    """A change of the table.

    Attributes:
        after: The body of the model after the change.
        before: The body of the model before the change.
        id: The primary key after the change.
        name: The name of the table after the change.
        options: Further options for ``revision``.
        online: The options for the form that is written without ``--plain``.
        value: The value for existing rows, which replaces a placeholder.
    """

    after: str
    before: str = USUAL
    id: str = "Integer, primary_key=True"
    name: str = "item"
    options: tuple[str, ...] = ()
    online: tuple[str, ...] = ()
    value: str = ""


REQUIRED: Final = "Column('n', Integer, nullable=False)"
KIND: Final = "Column('n', Integer), Column('kind', Enum({}, name='kind'), server_default='a')"
PARTITIONED: Final = USUAL + "{}, postgresql_partition_by='HASH (id)'"
PARTITIONS: Final = tuple(
    f"CREATE TABLE item_{number} PARTITION OF item FOR VALUES WITH (MODULUS 4, REMAINDER {number})"
    for number in range(4)
)
CHECKED: Final = "CheckConstraint(\"w <> ''\", name='item_word')"
CHANGES: Final = {
    "index added": Change(f"{USUAL}, Index('item_n', 'n')"),
    "index dropped": Change(USUAL, f"{USUAL}, Index('item_n', 'n')"),
    "unique added": Change(f"{USUAL}, UniqueConstraint('n', name='item_key')"),
    "primary key added": Change(
        f"{REQUIRED}, PrimaryKeyConstraint('n')", REQUIRED, "Integer, Identity()"
    ),
    "foreign key added": Change(f"{USUAL}, ForeignKeyConstraint(['n'], ['other.id'])"),
    "check added": Change(f"{USUAL}, CheckConstraint('n > 0', name='item_check')"),
    "column becomes NOT NULL": Change(USUAL.replace("Integer", "Integer, nullable=False")),
    "column with a volatile default": Change(
        f"{USUAL}, Column('u', Uuid, server_default=text('gen_random_uuid()'))"
    ),
    "type that is rewritten": Change(USUAL.replace("Integer", "BigInteger")),
    "type of the primary key": Change(USUAL, id="BigInteger, primary_key=True"),
    "type that a check is asked for": Change(
        f"{USUAL.replace('20', '40')}, {CHECKED}", f"{USUAL}, {CHECKED}"
    ),
    "column dropped": Change("Column('n', Integer)"),
    "column NOT NULL without a default": Change(
        f"{USUAL}, Column('more', Integer, nullable=False)", value="0"
    ),
    "column renamed": Change(
        USUAL.replace("'w'", "'v'"), options=("--rename", "item.w=v"), online=("--online",)
    ),
    "table renamed": Change(
        USUAL, name="thing", options=("--rename", "item=thing"), online=("--online",)
    ),
    "label of an enum added": Change(KIND.format("'a', 'b', 'c'"), KIND.format("'a', 'b'")),
    "label of an enum removed": Change(KIND.format("'a'"), KIND.format("'a', 'b'")),
    "index of a partitioned table": Change(
        PARTITIONED.format(", Index('item_n', 'n')"), PARTITIONED.format("")
    ),
    "unique key of a partitioned table": Change(
        PARTITIONED.format(", UniqueConstraint('id', 'n', name='item_key')"), PARTITIONED.format("")
    ),
    "foreign key of a partitioned table": Change(
        PARTITIONED.format(", ForeignKeyConstraint(['n'], ['other.id'], name='item_other')"),
        PARTITIONED.format(""),
    ),
    "check of a partitioned table": Change(
        PARTITIONED.format(", CheckConstraint('n > 0', name='item_check')"), PARTITIONED.format("")
    ),
    "table partitioned": Change(PARTITIONED.format("")),
}
