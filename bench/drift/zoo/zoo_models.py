"""The models of the zoo: tables in SQLAlchemy, all other objects as SQL in listeners."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    DDL,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB, ExcludeConstraint
from sqlalchemy.types import UserDefinedType

SQL: Final = Path(__file__).parent / "sql"
BEFORE: Final = ("names", "types", "foreign")
AFTER: Final = (
    *("tables", "partitions", "routines", "triggers", "views", "search", "operators"),
    *("newer", "privileges", "comments"),
)
WILD: Final = 'a "wild" 50% schéma'

metadata = MetaData(
    schema="zoo",
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    },
)
for when, names in (("before_create", BEFORE), ("after_create", AFTER)):
    for name in names:
        # DDL() applies % formatting to its text.
        script = (SQL / f"{name}.sql").read_text("utf-8").replace("%", "%%")
        event.listen(metadata, when, DDL(script))  # type: ignore[no-untyped-call]


class Named(UserDefinedType[Any]):
    """A PostgreSQL type that SQLAlchemy has no class for, by its name."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


MOOD: Final = ENUM("calm", "hungry", "wild", name="mood", schema="zoo", create_type=False)

keeper = Table(
    "keeper",
    metadata,
    Column("id", Integer, Identity(always=True, start=100, increment=10, cache=5)),
    Column("name", String(100), nullable=False),
    Column("email", Text, server_default="nobody@zoo.example"),
    Column("nickname", String(40, collation="C"), comment="What the animals' friends say"),
    Column("address", Named("zoo.address")),
    Column("hired", Date, nullable=False, server_default=func.current_date()),
    Column("salary", Numeric(10, 2), server_default=text("0")),
    Column("settings", JSONB, nullable=False, server_default="{}"),
    Column("shift", Named("tstzrange")),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("name"),
    UniqueConstraint("email", "nickname", postgresql_nulls_not_distinct=True),
    CheckConstraint("salary >= 0", name="salary"),
    CheckConstraint("name IN ('Ada', 'Bo', 'Cy') OR length(name) > 3", name="name"),
    Index("ix_keeper_settings", "settings", postgresql_using="gin"),
    Index("ix_keeper_lower_name", func.lower(text("name"))),
    comment="Who feeds whom",
)
animal = Table(
    "animal",
    metadata,
    Column("id", Integer),
    Column("name", String(60), nullable=False),
    Column("species", String(30), nullable=False),
    Column("mood", MOOD, nullable=False, server_default="calm"),
    Column("weight", Named("zoo.kilograms")),
    Column("born", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("keeper_id", Integer, ForeignKey(keeper.c.id, ondelete="SET NULL")),
    Column("mother_id", Integer, ForeignKey("zoo.animal.id")),
    Column("tags", ARRAY(Text)),
    Column("notes", Text),
    Column("cage", Named("box")),
    Column("code", Integer, server_default=text("nextval('zoo.animal_codes'::regclass)")),
    Column("label", Text, Computed("name || ' the ' || species", persisted=True)),
    Column("length", Double),
    Column("range", Named("zoo.weight_range")),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("name", "species", deferrable=True, initially="DEFERRED"),
    UniqueConstraint("code", postgresql_include=["name"]),
    CheckConstraint("species IN ('lion', 'bear', 'penguin')", name="species"),
    CheckConstraint("length > 0 AND length < 100", name="length"),
    ExcludeConstraint(("cage", "&&"), using="gist", name="ex_animal_cage"),
    Index("ix_animal_keeper_id", "keeper_id", postgresql_where=text("keeper_id IS NOT NULL")),
    Index("ix_animal_tags", "tags", postgresql_using="gin"),
    Index("ix_animal_born", text("born DESC NULLS LAST"), postgresql_include=["name"]),
    Index("ix_animal_notes", "notes", postgresql_ops={"notes": "text_pattern_ops"}),
    Index("ix_animal_length", "length", postgresql_using="brin"),
    Index("ix_animal_species", "species", postgresql_using="hash"),
    Index("uq_ix_animal_upper", func.upper(text("name")), "species", unique=True),
    comment="Everybody who lives here",
    postgresql_with={"fillfactor": 90},
)
feeding = Table(
    "feeding",
    metadata,
    Column("animal_id", Integer, nullable=False),
    Column("fed_at", DateTime(timezone=True), nullable=False),
    Column("kilograms", Double, nullable=False, server_default=text("1.0")),
    Column("food", Text),
    Column("note", Text),
    PrimaryKeyConstraint("animal_id", "fed_at"),
    ForeignKeyConstraint(
        ["animal_id"],
        ["zoo.animal.id"],
        ondelete="CASCADE",
        onupdate="CASCADE",
        deferrable=True,
        initially="IMMEDIATE",
    ),
    CheckConstraint("kilograms > 0", name="kilograms"),
    Index("ix_feeding_food_fed_at", "food", "fed_at"),
)
spare = Table(
    "spare",
    metadata,
    Column("yes", Boolean, nullable=False),
    Column("ratio", Double),
    Column("document", JSONB),
    Column("mood", MOOD),
    Column("weight", Named("zoo.kilograms")),
    Column("small", Integer),
    Column("price", Numeric(8, 2)),
    Column("word", String(20)),
)
wild = Table(
    "WHERE the 'Wild' \"Things\"\nare; 100% ünïcode",
    metadata,
    Column("select", Integer, Identity()),
    Column('two "quoted" wörds', Text, server_default='100% o\'clock \\ "x"'),
    Column("line\nbreak", String(20)),
    PrimaryKeyConstraint("select", name='pk "of" it'),
    UniqueConstraint('two "quoted" wörds', name="uq's 50%"),
    CheckConstraint("\"line\nbreak\" <> 'it''s 5%% \\ \"no\"'", name="5% check"),
    Index('ix "wild"\nthing', "line\nbreak"),
    schema=WILD,
    comment='It\'s 50% "wild" \\ here\nand goes on',
)
long = Table(
    "l" * 63,
    metadata,
    Column("c" * 63, Integer, Identity(), primary_key=True),
    Column("ü" * 31, String(5)),
    Index("i" * 63, "ü" * 31),
)
