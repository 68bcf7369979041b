"""How long pictures of 7, 100 and 1,000 tables take, and how large they are.

    python -m bench.diagrams [FOLDER]

Writes the pages into the folder, to be looked at.
"""

import random
import sys
import time
from pathlib import Path
from typing import Final

from schemaproof.diagram import page
from schemaproof.diagram.picture import Picture, picture
from schemaproof.schema.database_objects import Column, Constraint, Relation, Schema, Snapshot
from schemaproof.schema.values import SqlText
from schemaproof_testing.project import history

CASES: Final = ((100, 5), (1000, 20), (1000, 1))
"""Tables, and schemas."""
COLUMNS: Final = 12


def snapshot(tables: int, schemas: int) -> Snapshot:
    """Return a schema in which a table refers to up to three others, mostly of its own schema."""
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


def measure(name: str, drawn: Picture, folder: Path | None) -> None:
    begun = time.perf_counter()
    text = page.render(drawn.with_rows(), name)
    seconds = time.perf_counter() - begun
    print(
        f"{name}: {len(drawn.lines)} lines, {seconds:.1f} s, {len(text) / 1e6:.2f} MB", flush=True
    )
    if folder is not None:
        (folder / f"{name.replace(' ', '_')}.html").write_text(text, "utf-8")


def main() -> None:
    folder = Path(sys.argv[1]) if sys.argv[1:] else None
    head = history().head_snapshot or Snapshot()
    measure("7 tables", picture(head), folder)
    for tables, schemas in CASES:
        measure(f"{tables} tables in {schemas} schemas", picture(snapshot(tables, schemas)), folder)


if __name__ == "__main__":
    main()
