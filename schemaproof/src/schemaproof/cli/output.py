"""Output of the commands: to stdout, stderr or a file."""

import sys
from pathlib import Path

import click

from schemaproof.errors import SchemaproofError
from schemaproof.output import whole_file
from schemaproof.output.documents import Document, line, write


def say(*texts: str, err: bool = False) -> None:
    """Print lines; control characters in a value are escaped."""
    for text in texts:
        click.echo(line(text), err=err)


def put(document: Document, output: Path | None = None) -> None:
    """Print a document, or write it into a file as a whole or not at all.

    Files, and documents for programs, are in UTF-8, whatever the locale is.

    Raises:
        SchemaproofError: The file cannot be written.
    """
    whole = type(document)(f"{document}\n")
    if output is None:
        write(whole, sys.stdout)
    else:
        write_file(output, whole)


def make_folder(folder: Path) -> None:
    """Create a folder unless it exists.

    Raises:
        SchemaproofError: The folder cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SchemaproofError(
            f"{folder} cannot be created: {error.strerror}", remedy=whole_file.write_remedy(error)
        ) from error


def write_file(output: Path, content: str | bytes) -> None:
    """Write a file as a whole or not at all.

    Raises:
        SchemaproofError: The file cannot be written.
    """
    try:
        whole_file.write(output, content)
    except OSError as error:
        raise SchemaproofError(
            f"{output} cannot be written: {error.strerror}", remedy=whole_file.write_remedy(error)
        ) from error
