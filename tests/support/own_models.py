"""Models outside of Mon_PS, with every column type that bulk writes support."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CHAR,
    JSON,
    REAL,
    BigInteger,
    Dialect,
    Double,
    Identity,
    Interval,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import INET, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from models import Base
from tests.support.repository_rows import Store


class OwnBase(Base):
    """The base of tables that are not part of Mon_PS."""

    __abstract__ = True
    metadata = MetaData()


class Mood(Enum):
    CALM = "c"
    WILD = "w"


class Reversed(TypeDecorator[str]):
    """A type that stores a text backwards."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else value[::-1]

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else value[::-1]


class Everything(OwnBase):
    __tablename__ = "everything"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    small: Mapped[int | None] = mapped_column(SmallInteger)
    number: Mapped[float | None] = mapped_column(Double)
    real: Mapped[float | None] = mapped_column(REAL)
    amount: Mapped[Decimal | None] = mapped_column(Numeric)
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    day: Mapped[date | None]
    at: Mapped[time | None] = mapped_column(Time)
    at_zone: Mapped[time | None] = mapped_column(Time(timezone=True))
    local: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=False))
    moment: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    span: Mapped[timedelta | None] = mapped_column(Interval)
    data: Mapped[bytes | None]
    uid: Mapped[UUID | None]
    uid_text: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    old_json: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    json: Mapped[Any | None] = mapped_column(JSONB)
    mood: Mapped[Mood | None]
    letters: Mapped[str | None] = mapped_column(CHAR(3))
    backwards: Mapped[str | None] = mapped_column(Reversed)
    numbers: Mapped[list[int | None] | None] = mapped_column(ARRAY(BigInteger))
    texts: Mapped[list[str | None] | None] = mapped_column(ARRAY(Text))
    names: Mapped[list[str | None] | None] = mapped_column(ARRAY(String(30)))
    amounts: Mapped[list[Decimal | None] | None] = mapped_column(ARRAY(Numeric))
    moments: Mapped[list[datetime | None] | None] = mapped_column(ARRAY(TIMESTAMP(timezone=True)))
    grid: Mapped[list[list[float | None]] | None] = mapped_column(ARRAY(Double, dimensions=2))


class Network(OwnBase):
    """A model with a column that bulk writes do not support."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    address: Mapped[str | None] = mapped_column(INET)


class Note(OwnBase):
    """A model whose natural key begins with a nullable column."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("topic", "number", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[str | None]
    number: Mapped[int]
    body: Mapped[str]


class Price(OwnBase):
    """A partitioned table without partitions."""

    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("match_id"),
        {"postgresql_partition_by": "HASH (match_id)"},
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity())
    __mapper_args__ = {"primary_key": ["id"]}  # noqa: RUF012 - as SQLAlchemy has it
    match_id: Mapped[str]


def create_tables(store: Store) -> None:
    OwnBase.metadata.create_all(store.engine)
