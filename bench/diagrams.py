"""Measure the time and the size of diagrams of 7, 100 and 1,000 tables.

    python -m bench.diagrams [FOLDER]

The pages are written into the folder.
"""

import sys
import time
from pathlib import Path
from typing import Final

from schemaproof.diagram import page
from schemaproof.diagram.picture import Picture, picture
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.drawn_schemas import many_tables
from schemaproof_testing.project import history

CASES: Final = ((100, 5), (1000, 20), (1000, 1))
"""Tables, and schemas."""


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
        measure(
            f"{tables} tables in {schemas} schemas", picture(many_tables(tables, schemas)), folder
        )


if __name__ == "__main__":
    main()
