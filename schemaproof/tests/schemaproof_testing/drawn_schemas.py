"""Build schemas for diagrams."""

import random
from typing import Final

from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    Relation,
    Schema,
    Snapshot,
)
from schemaproof.schema.values import SqlText

COLUMNS: Final = 12
"""Of each of many tables."""

HOSTILE: Final = (
    *(
        'a"b',
        "a'b",
        "</title><script>alert(1)</script>",
        "{x|<y>}",
        "a\\",
        "\\N",
        "&lt;",
        "%%{init}",
    ),
    *(
        "a\nb",
        "\x1b[2J",
        "\u202e",
        "größe 数据",
        "}o--||",
        '"]',
        "#quot;",
        "${x}",
        "`",
        "]]>",
        "--",
    ),
)


def hostile_snapshot() -> Snapshot:
    relations = [
        Relation(
            name=name,
            comment=name,
            columns=(Column(name=name, position=1, type=name, comment=name),),
        )
        for name in HOSTILE
    ]
    return Snapshot(tuple(Schema(name=name, relations=tuple(relations)) for name in HOSTILE[:3]))


def many_tables(tables: int, schemas: int) -> Snapshot:
    """Return a schema whose tables refer to up to three others, mostly of the same schema."""
    chosen = random.Random(1)  # noqa: S311 - the same each time
    names = [(f"schema_{number % schemas:02}", f"table_{number:04}") for number in range(tables)]
    made: dict[str, list[Relation]] = {schema: [] for schema, _ in names}
    for number, (schema, name) in enumerate(names):
        targets = [
            names[(number - schemas * chosen.randint(1, 12)) % tables]
            if chosen.random() < 0.9
            else chosen.choice(names)
            for _ in range(chosen.choice((0, 1, 1, 2, 3)))
        ]
        made[schema].append(_table(name, targets))
    return Snapshot(tuple(Schema(name=name, relations=tuple(made[name])) for name in sorted(made)))


def _table(name: str, targets: list[tuple[str, str]]) -> Relation:
    columns = [Column(name="id", position=1, type="bigint", nullable=False)]
    columns += [
        Column(name=f"column_{number}", position=number + 1, type="character varying")
        for number in range(1, COLUMNS)
    ]
    keys = [
        Constraint(
            name=f"fk_{number}",
            kind="foreign-key",
            definition=SqlText(
                (f"FOREIGN KEY (column_{number + 1}) REFERENCES {'.'.join(target)}(id)",)
            ),
        )
        for number, target in enumerate(targets)
    ]
    pk = Constraint(name="pk", kind="primary-key", definition=SqlText(("PRIMARY KEY (id)",)))
    return Relation(name=name, columns=tuple(columns), constraints=(*keys, pk))
