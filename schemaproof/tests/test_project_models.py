"""Where a project has its models, with one metadata or several."""

import json
from typing import Final

import pytest

from schemaproof_testing.other_project import (
    Make,
    in_sync,
)

pytestmark = pytest.mark.slow
SECOND = """
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from models import Customer

metadata = MetaData(schema="stock")
Table("orders", metadata, Column("customer", ForeignKey(Customer.__table__.c.id), primary_key=True))
"""


def test_several_metadatas_are_one_schema(make_shop: Make) -> None:
    project = make_shop(
        target="[Base.metadata, metadata]",
        imports=["from models import Base", "from stock import metadata"],
    )
    project.write("stock.py", SECOND)
    project.configure(
        metadata='["models:Base.metadata", "stock:metadata"]',
        script_location='"alembic"',
        managed_schemas='["shop", "stock"]',
    )
    # Alembic uses no naming convention for a list of metadatas.
    project.revision("schema", "first", 'op.execute("CREATE SCHEMA stock")')
    names = 'op.execute("ALTER TABLE shop.customer RENAME CONSTRAINT {} TO {}")'
    project.revision(
        "names",
        "schema",
        f"{names.format('customer_pkey', 'pk_customer')}\n"
        f"{names.format('customer_name_key', 'uq_name')}",
    )
    assert project.monps_db("snapshot").code == 0
    # The models already had the table when the snapshot was recorded, so it has to be asked for.
    written = project.monps_db("revision", "-m", "Stock", "--only", "stock.orders").succeeded()
    assert "+ stock.orders" in written.out
    project.alembic("upgrade", "head")
    in_sync(project)


SHARED: Final = """
from sqlalchemy import Column, ForeignKey, MetaData, Table

from models import Customer

metadata = MetaData()
Customer.__table__.to_metadata(metadata)
Table("orders", metadata, Column("customer", ForeignKey("shop.customer.id")), schema="shop")
"""


def test_metadatas_may_share_a_table(make_shop: Make) -> None:
    project = make_shop()
    project.write("orders.py", SHARED)
    project.configure(
        metadata='["models:Base.metadata", "orders:metadata"]',
        script_location='"alembic"',
        managed_schemas='["shop"]',
    )
    project.revision(
        "orders",
        "first",
        'op.create_table("orders", sa.Column("customer", sa.Integer(),'
        ' sa.ForeignKey("shop.customer.id")), schema="shop")',
    )
    assert project.monps_db("snapshot").code == 0
    assert project.monps_db("check", "--offline").out.startswith("in sync: ")
    project.alembic("upgrade", "head")
    in_sync(project)


def test_models_below_src_are_found_as_alembic_finds_them(make_shop: Make) -> None:
    project = make_shop()
    (project.folder / "src").mkdir()
    (project.folder / "models.py").rename(project.folder / "src" / "models.py")
    ini = project.folder / "alembic.ini"
    text = ini.read_text("utf-8").replace("prepend_sys_path = .", "prepend_sys_path = %(here)s/src")
    ini.write_text(text, "utf-8")
    assert project.monps_db("snapshot").code == 0
    assert json.loads((project.snapshots / "first.json").read_text("utf-8"))["model_sources"]
    assert project.monps_db("check", "--offline").code == 0
