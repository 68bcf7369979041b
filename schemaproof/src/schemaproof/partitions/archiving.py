"""Write a detached partition to a Parquet file with a manifest, and restore it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from schemaproof.connection import own_settings
from schemaproof.connection.raw_sql import rows
from schemaproof.errors import SchemaproofError
from schemaproof.output import whole_file
from schemaproof.partitions.queries import SQL
from schemaproof.partitions.refusals import refused
from schemaproof.schema.partitioning import Partitioning, bounds
from schemaproof.sql import quoting
from schemaproof.sql.sql_files import SqlTemplate

if TYPE_CHECKING:
    from schemaproof.connection.raw_sql import DriverConnection
    from schemaproof.schema.scope import Scope

FORMAT: Final = 1
_COPY: Final = "(FORMAT csv, HEADER, ENCODING 'UTF8')"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of an archive.

    Attributes:
        format: The format of the manifest.
        schema: The schema of the partitioned table.
        table: The name of the partitioned table.
        partition: The name of the partition.
        bounds: The bounds of the partition, as SQL writes them.
        rows: The number of rows.
        checksum: The checksum of the rows: the sum of their hashes, as PostgreSQL computes them.
        file: The name of the Parquet file, in the same folder.
        sha256: The SHA-256 digest of the Parquet file.
        columns: The type of each column, by its name.
    """

    format: int
    schema: str
    table: str
    partition: str
    bounds: str
    rows: int
    checksum: str
    file: str
    sha256: str
    columns: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a manifest, and verify that its file is the one that it describes.

        Raises:
            SchemaproofError: The file is not a manifest, or the archived file has changed.
        """
        try:
            found = cls(**json.loads(path.read_text("utf-8")))
            is_whole = found.format == FORMAT and _sha256(path.parent / found.file) == found.sha256
        except (OSError, ValueError, TypeError) as error:
            raise SchemaproofError(
                f"{path} is not a manifest of an archive: {error}",
                remedy="name a complete manifest",
            ) from error
        if not is_whole or bounds(f"FOR VALUES {found.bounds}") is None:
            raise SchemaproofError(
                f"{path}: {found.file} is not the file that was archived",
                remedy="restore the file from a backup",
            )
        return found


def archive(connection: DriverConnection, scope: Scope, name: str, folder: Path) -> Path:
    """Write the rows of a detached partition into a folder; returns the manifest.

    The manifest is written last: files without a manifest are not an archive. The table is kept.

    Raises:
        SchemaproofError: The table is not a detached partition, or the file cannot be written.
    """
    declared = _declared(scope, name)
    period = declared.named(name)
    source = quoting.name(declared.schema, name)
    file = folder / f"{declared.schema}.{name}.parquet"
    with (
        _written(folder) as (text, partial),
        refused(source),
        own_settings.transaction(connection),
    ):
        facts = _facts(connection, declared.schema, name)
        if facts["is_attached"]:
            raise SchemaproofError(
                f"{source} is still attached: rows may still be inserted", remedy="detach it first"
            )
        counted = _counted(connection, source)
        _copied_out(connection, source, text)
        from schemaproof.partitions import parquet

        count = parquet.write(text, partial, facts["columns"])
        if count != counted["rows"] or parquet.read(partial, text) != count:
            raise SchemaproofError(f"{source}: {count} of {counted['rows']} rows were written")
        partial.replace(file)
    manifest = Manifest(
        FORMAT, declared.schema, declared.name, name, str(period), counted["rows"],
        counted["checksum"], file.name, _sha256(file), facts["columns"],
    )  # fmt: skip
    path = file.with_suffix(".json")
    whole_file.write(path, json.dumps(asdict(manifest), indent=1) + "\n")
    return path


def restore(connection: DriverConnection, path: Path) -> str:
    """Create the partition of an archive again, with its rows, attach it and return its name.

    Raises:
        SchemaproofError: The archive is not whole, or the rows are not those that were archived.
    """
    manifest = Manifest.read(path)
    whole = quoting.name(manifest.schema, manifest.table)
    target = quoting.name(manifest.schema, manifest.partition)
    names = {"whole": whole, "target": target, "bounds": manifest.bounds}
    columns = ", ".join(map(quoting.name, manifest.columns))
    with (
        _written(path.parent) as (text, _),
        refused(target),
        own_settings.transaction(connection),
    ):
        from schemaproof.partitions import parquet

        parquet.read(path.parent / manifest.file, text)
        rows(connection, SqlTemplate(SQL.text("make")).substitute(names))
        with text.open("rb") as source, connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {target} ({columns}) FROM STDIN {_COPY}", source)
        counted = _counted(connection, target)
        if (counted["rows"], counted["checksum"]) != (manifest.rows, manifest.checksum):
            raise SchemaproofError(
                f"{path}: the rows are not those that were archived; nothing was restored",
                remedy=f"see whether the columns of {whole} have changed since then",
            )
        rows(connection, SqlTemplate(SQL.text("attach")).substitute(names))
    return target


def _declared(scope: Scope, name: str) -> Partitioning:
    for one in scope.partitioned:
        if one.named(name) is not None:
            return one
    raise SchemaproofError(
        f"{name} is not the name of a partition of a declared table",
        remedy="give the name of the partition, such as history_p2026_01",
    )


def _facts(connection: DriverConnection, schema: str, name: str) -> dict[str, Any]:
    found = rows(connection, SQL.for_driver("facts"), {"schema": schema, "name": name})
    if not found:
        raise SchemaproofError(f"there is no table {quoting.name(schema, name)}")
    return {
        "is_attached": found[0]["is_attached"],
        "columns": {row["column"]: row["type"] for row in found},
    }


def _counted(connection: DriverConnection, table: str) -> dict[str, Any]:
    [found] = rows(connection, SqlTemplate(SQL.text("counted")).substitute(table=table))
    return found


def _copied_out(connection: DriverConnection, table: str, target: Path) -> None:
    with target.open("wb") as file, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} TO STDOUT {_COPY}", file)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _written(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the paths of temporary files in a folder, which are removed afterwards.

    Raises:
        SchemaproofError: The files cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".archive-") as made:
            yield Path(made) / "rows.csv", Path(made) / "rows.parquet"
    except OSError as error:
        raise SchemaproofError(
            f"{folder} cannot be written: {error.strerror}", remedy=whole_file.write_remedy(error)
        ) from error
