"""Pages about tables: their text and links; names are escaped."""

from html.parser import HTMLParser
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemaproof.diagram.references import references
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Schema,
    Snapshot,
)
from schemaproof.schema.paths import path
from schemaproof.schema.values import SqlText
from schemaproof.schema_pages.file_names import file_name
from schemaproof.schema_pages.index_uses import uses
from schemaproof.schema_pages.site import pages
from schemaproof_testing import snapshots as testing
from schemaproof_testing.hostile import is_harmless

HOSTILE: Final = (
    *("..", ".", "a/b", "a\\b", "A", "a", "Ä", "ä", "con", "a b", "<script>alert(1)</script>"),
    *("a.b", '"', "'", "\x00", "\n", "%2e%2e", "x" * 63, "数" * 21, "javascript:alert(1)", "&amp;"),
    *("index", "-", "--", "-41-", "{{ 7*7 }}", "</title>", "~", "$"),
)
names = st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=63)


@testing.unhurried
@given(st.lists(st.tuples(names, names), unique=True, max_size=30))
def test_no_page_leaves_its_folder_or_takes_the_place_of_another(
    found: list[tuple[str, str]],
) -> None:
    files = [file_name(path(*one)) for one in (*found, *((one, one) for one in HOSTILE))]
    assert len({one.casefold() for one in files}) == len({*found, *((x, x) for x in HOSTILE)})
    for one in files:
        assert PurePosixPath(one).name == one
        assert one.isascii()
        assert not one.startswith(".")
        assert len(one) < 200


class Page(HTMLParser):
    """The tags of a page, its links, its anchors, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.handlers: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value or "")
            if name == "id":
                self.ids.add(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_snapshot() -> Snapshot:
    relations = tuple(
        Relation(
            name=name,
            kind="table",
            comment=name,
            columns=(Column(name=name, position=1, type=name, comment=name),),
            indexes=(Index(name=name, definition=SqlText((name,)), comment=name),),
            constraints=(Constraint(name=name, kind="check", definition=SqlText((name,))),),
            objects=(DatabaseObject(kind="trigger", name=name, definition=SqlText((name,))),),
        )
        for name in HOSTILE
    )
    objects = tuple(
        DatabaseObject(kind="enum", name=f"e{name}", definition=SqlText((name,)), comment=name)
        for name in HOSTILE
    )
    return Snapshot((Schema(name="../x", relations=relations, objects=objects),))


@pytest.mark.slow
def test_every_link_leads_to_a_page_and_no_name_is_more_than_text() -> None:
    made = dict(pages(hostile_snapshot(), "<b>", {}))
    read = {name: Page(text) for name, text in made.items()}
    assert len(made) == len(HOSTILE) + 1
    for name, page in read.items():
        assert is_harmless(made[name])
        assert not page.handlers
        assert "b" not in page.tags
        assert made[name].count("<script>") == (1 if name == "index.html" else 0)
        for link in page.links:
            where = urlsplit(link)
            assert not where.scheme
            assert not where.netloc
            target = read[where.path or name]
            assert not where.fragment or where.fragment in target.ids


ORDERS: Final = Relation(
    name="orders",
    comment="What customers ordered",
    columns=(
        Column(name="id", position=1, type="bigint", nullable=False, identity="ALWAYS"),
        Column(name="customer", position=2, type="bigint", comment="Who"),
        Column(name="total", position=3, type="numeric", type_modifier="(6,2)", comment="EUR"),
    ),
    constraints=(
        Constraint(
            name="fk_customer",
            kind="foreign-key",
            definition=SqlText(("FOREIGN KEY (customer) REFERENCES shop.customers(id)",)),
        ),
        Constraint(name="pk", kind="primary-key", definition=SqlText(("PRIMARY KEY (id)",))),
    ),
    indexes=(
        Index(
            name="pk",
            constraint="pk",
            definition=SqlText(("CREATE UNIQUE INDEX pk ON shop.orders USING btree (id)",)),
        ),
        Index(
            name="ix",
            definition=SqlText(("CREATE INDEX ix ON shop.orders USING btree (customer, total)",)),
        ),
        Index(
            name="open",
            definition=SqlText(
                ("CREATE UNIQUE INDEX open ON shop.orders USING btree (total) WHERE (total > 0)",)
            ),
        ),
    ),
)
SHOP: Final = Snapshot(
    (
        Schema(
            name="shop",
            relations=(
                Relation(name="customers", columns=(ORDERS.columns[0],)),
                ORDERS,
            ),
        ),
    )
)


def test_what_an_index_serves() -> None:
    keys = tuple(references(SHOP))
    assert {one.name: uses(one, ORDERS, keys) for one in ORDERS.indexes} == {
        "pk": ("enforces the primary key pk", "searches and sorts by id"),
        "ix": (
            "finds the rows of the foreign key fk_customer",
            "searches and sorts by customer, total",
        ),
        "open": (
            "no two of the rows in its condition have the same total",
            "searches and sorts by total of the rows in its condition",
        ),
    }


@pytest.mark.slow
def test_a_page_says_what_the_catalog_and_its_comments_say() -> None:
    size: Any = SimpleNamespace(rows=1234, table_bytes=8192, index_bytes=16384)
    made = dict(pages(SHOP, "Shop", {path("shop", "orders"): size}))
    assert set(made) == {"index.html", "shop.orders.html", "shop.customers.html"}
    orders = Page(made["shop.orders.html"])
    for told in ("numeric(6,2)", "EUR", "identity, always", "1,234 rows", "8.0 KiB"):
        assert told in orders.text
    assert "shop.customers.html" in orders.links
    assert "shop.orders.html" in Page(made["shop.customers.html"]).links
    index = Page(made["index.html"])
    back = next(one for one in orders.links if one.startswith("index.html#"))
    assert back.partition("#")[2] in index.ids
    assert index.links.count("shop.orders.html") == 2  # The drawing and the list each have a link.
