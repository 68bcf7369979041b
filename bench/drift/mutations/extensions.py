"""Changes to extensions."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

EXTENSION: Final = (
    "(SELECT format('%I', extname) AS ref, extname, ARRAY[extname]::text[] AS names,"
    " 'extension' AS code FROM pg_extension) AS extension"
)

KINDS: Final = (
    Kind(
        "extension dropped",
        EXTENSION,
        "format('DROP EXTENSION %s CASCADE', ref)",
        "extension-missing",
    ),
    Kind(
        "extension of another version",
        EXTENSION,
        "format('UPDATE pg_extension SET extversion = ''0.bench'' WHERE extname = %L', extname)",
        "extension-version",
        here="the version comes with the packages of the server",
    ),
    Kind(
        "extension comment",
        EXTENSION,
        "format('COMMENT ON EXTENSION %s IS ''changed''', ref)",
        "extension-comment",
    ),
)
