"""Schemas to draw."""

from typing import Final

from schemaproof.schema.database_objects import (
    Column,
    Relation,
    Schema,
    Snapshot,
)

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
