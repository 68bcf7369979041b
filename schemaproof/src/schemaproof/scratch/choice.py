"""Choose the PostgreSQL for scratch databases, of those that are installed. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from schemaproof.errors import LocalServerError
from schemaproof.scratch.providers import (
    CELERP,
    DEBIAN,
    EMBEDDED,
    INSTALL,
    NAMES,
    PIXELTABLE,
    Provider,
)

SUPPORTED: Final = range(15, 19)
"""The major versions that are tested."""
_CREATE: Final = re.compile(
    r'\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?\\?"?([A-Za-z_][\w-]*)', re.IGNORECASE
)
# For each major version, advice names a wheel that has it, because none may be installed.
WHEELS: Final = {16: PIXELTABLE, 17: CELERP, 18: EMBEDDED}
_CONTRIB: Final = (
    "amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance"
    " file_fdw fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime"
    " pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_surgery pg_trgm"
    " pg_visibility pg_walinspect pgrowlocks pgstattuple postgres_fdw refint seg tablefunc tcn"
    " tsm_system_rows tsm_system_time unaccent"
)
CONTRIB: Final = frozenset(_CONTRIB.split())
BROUGHT: Final = {EMBEDDED: CONTRIB | {"vector"}, CELERP: CONTRIB | {"pgcrypto", "sslinfo"}}
"""The extensions in the wheels with contrib."""
_DEBIANS: Final = CONTRIB | {"pgcrypto", "sslinfo", "uuid-ossp", "xml2"}


def created_extensions(texts: Iterable[str]) -> frozenset[str]:
    """Return the extensions that ``CREATE EXTENSION`` names in texts of revisions and scripts."""
    return frozenset(name.lower() for text in texts for name in _CREATE.findall(text))


def choose(
    found: Sequence[Provider], major: int | None, extensions: Collection[str], name: str | None
) -> Provider:
    """Choose the server for scratch databases.

    A server with the extensions comes first, then the version nearest to that of the target.

    Args:
        found: The installed servers.
        major: The major version of the target; None if it is not known, for the newest.
        extensions: The extensions that the project creates.
        name: The provider that the project names; None for any.

    Raises:
        LocalServerError: No server is installed, or none of the named provider.
    """
    those = [one for one in found if name in {None, one.name}]
    if not those:
        raise LocalServerError(
            f"{name} is not installed" if name else "there is no server for scratch databases",
            remedy=f"{INSTALL[name or EMBEDDED]}, or set SCHEMAPROOF_SCRATCH_URL",
        )

    def rank(one: Provider) -> tuple[int, bool, int, int, int]:
        distance = abs(one.major - major) if major else 0
        missing = len(set(extensions) - one.extensions)
        return missing, one.major not in SUPPORTED, distance, -one.major, NAMES.index(one.name)

    return min(those, key=rank)


def other_major(chosen: Provider, major: int | None, found: Sequence[Provider]) -> str | None:
    """Return a note if scratch databases have another major version than the target."""
    if major in {None, chosen.major}:
        return None
    told = f"the database has PostgreSQL {major}, and scratch databases are made by {chosen}"
    if any(one.major == major for one in found):
        # The server was chosen by name, or because it has the extensions.
        return told
    wheel = WHEELS.get(major or 0)
    how = f"pip install {wheel}" if wheel else f"install Debian's package postgresql-{major}"
    return f"{told} (for the same version: {how})"


_ICU: Final = re.compile(r"\bprovider\s*=\s*'?icu\b", re.IGNORECASE)
# feature_not_supported; before PostgreSQL 16 undefined_file.
_NOT_THERE: Final = frozenset({"0A000", "58P01"})


def missing_extension_advice(
    sqlstate: str | None, statement: str | None, found: Sequence[Provider]
) -> str | None:
    """Return advice about a statement that needs an extension the server does not have.

    Args:
        sqlstate: The sqlstate of the error.
        statement: The statement that failed.
        found: The installed servers.

    Returns:
        The advice; None if the statement failed for another reason.
    """
    names = created_extensions([statement or ""])
    if sqlstate in _NOT_THERE and _ICU.search(statement or ""):
        return _with_icu(found)
    if sqlstate not in _NOT_THERE or not names:
        return None
    return "; ".join(who_has(name, found) for name in sorted(names))


def _with_icu(found: Sequence[Provider]) -> str:
    """Return advice about a collation of ICU, which the wheels are built without."""
    if any(one.name == DEBIAN for one in found):
        return f'Debian\'s server has ICU: name it, scratch = "{DEBIAN}" in [tool.schemaproof]'
    return "ICU comes with Debian's postgresql packages"


def who_has(extension: str, found: Sequence[Provider]) -> str:
    """Return advice about an extension that the scratch server does not have.

    Args:
        extension: The name of the extension.
        found: The installed servers.
    """
    here = [f"{one.name} ({one.major})" for one in found if extension in one.extensions]
    if here:
        return (
            f'{extension} is in {", ".join(here)}: name it, scratch = "..." in [tool.schemaproof]'
        )
    brought = [f"pip install {name}" for name, known in BROUGHT.items() if extension in known]
    if extension in _DEBIANS:
        brought.append("Debian's postgresql packages")
    if brought:
        return f"{extension} comes with {', or '.join(brought)}"
    return (
        f"no provider brings {extension}: have scratch databases made on a server that has it"
        " (SCHEMAPROOF_SCRATCH_URL)"
    )
