"""Convert rows from PostgreSQL's CSV to a Parquet file and back, with the extra ``archive``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemaproof.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

try:
    import pyarrow as pa
    from pyarrow import csv, parquet
except ImportError as error:
    raise ConfigurationError(
        "archives of partitions need pyarrow", remedy="install the extra archive"
    ) from error

_TYPES: Final = {
    "smallint": pa.int64(),
    "integer": pa.int64(),
    "bigint": pa.int64(),
    "double precision": pa.float64(),
    "boolean": pa.bool_(),
}
"""The Parquet types of the PostgreSQL types that Parquet stores as values. Other types are stored
as the text that PostgreSQL prints."""


def write(rows: Path, target: Path, types: Mapping[str, str]) -> int:
    """Write a Parquet file from a CSV file; return the number of rows.

    Args:
        rows: The CSV file, with a header; null is an empty field without quotes.
        target: The new file.
        types: The type of each column, as PostgreSQL calls it.
    """
    columns = {name: _TYPES.get(type_, pa.string()) for name, type_ in types.items()}
    options = csv.ConvertOptions(
        column_types=columns,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )
    schema, written = pa.schema(list(columns.items())), 0
    parse = csv.ParseOptions(newlines_in_values=True)
    with (
        csv.open_csv(rows, convert_options=options, parse_options=parse) as reader,
        parquet.ParquetWriter(target, schema, compression="zstd") as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
            written += batch.num_rows
    return written


def read(source: Path, target: Path) -> int:
    """Write a CSV file from a Parquet file; return the number of rows."""
    file, read_ = parquet.ParquetFile(source), 0
    with csv.CSVWriter(target, file.schema_arrow) as writer:
        for batch in file.iter_batches():
            writer.write_batch(batch)
            read_ += batch.num_rows
    return read_
