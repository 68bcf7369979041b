"""Databases in SQL_ASCII: texts are bytes of unknown encoding.

PostgreSQL returns the bytes unconverted, but refuses bytes that are not UTF-8 to a client with the
encoding UTF-8 (manual, 24.3.4). So the client's encoding is not set there: bytes are decoded as
UTF-8, and invalid ones become surrogates (PEP 383), which are written back as the same bytes.
"""

from __future__ import annotations

import codecs
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from schemaproof.connection.raw_sql import DriverConnection

ENCODING: Final = "SQL_ASCII"
_CODEC: Final = "utf_8_or_bytes"


def read_bytes(connection: DriverConnection, _record: object = None) -> None:
    """Make a connection accept every byte, where the database is in SQL_ASCII.

    Args:
        connection: The connection of psycopg2, outside a transaction.
        _record: The second argument of SQLAlchemy's event ``connect``; not used.
    """
    if connection.get_parameter_status("server_encoding") == ENCODING:
        _register()
        connection.set_client_encoding(ENCODING)


@cache
def _register() -> None:
    """Register a codec for SQL_ASCII; psycopg2 would use ASCII, which fails for other bytes."""
    from psycopg2 import extensions

    codec = codecs.CodecInfo(_encode, _decode, name=_CODEC)
    codecs.register(lambda name: codec if name == _CODEC else None)
    # psycopg2 looks up both spellings of the name
    # (https://www.psycopg.org/docs/extensions.html#psycopg2.extensions.encodings).
    extensions.encodings.update({ENCODING: _CODEC, ENCODING.replace("_", ""): _CODEC})


def _encode(text: str, _errors: str = "") -> tuple[bytes, int]:
    return text.encode("utf-8", "surrogateescape"), len(text)


def _decode(data: Buffer, _errors: str = "") -> tuple[str, int]:
    found = bytes(data)
    return found.decode("utf-8", "surrogateescape"), len(found)
