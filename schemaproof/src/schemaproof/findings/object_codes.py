"""The codes of relations and of everything that is told by the statement that creates it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemaproof.findings.severity import (
    DATA_FIRST,
    GIVE_BACK,
    GRANTS,
    REMOVE,
    RESTORE,
    Code,
    Severity,
)

_BREAKING, _INTEGRITY = Severity.BREAKING, Severity.INTEGRITY
_OPERATIONAL, _COSMETIC = Severity.OPERATIONAL, Severity.COSMETIC

_MOVE: Final = """\
Move it to a schema that is not managed, add a model for it, or ignore it in [tool.schemaproof]."""
_OWNED: Final = {
    "owner": Code(_OPERATIONAL, GIVE_BACK),
    "privileges": Code(_OPERATIONAL, GRANTS),
}
_COMMENT: Final = {"comment": Code(_COSMETIC, RESTORE)}
_RELATION: Final = {
    **_OWNED,
    **_COMMENT,
    "unexpected": Code(_OPERATIONAL, _MOVE),
    "kind": Code(_BREAKING, "Put back what should carry this name."),
    "options": Code(_OPERATIONAL, RESTORE),
}
_STORED: Final = {
    "persistence": Code(
        _INTEGRITY, "Change it back: an unlogged table is empty after a crash of the server."
    ),
    "access-method": Code(_OPERATIONAL, RESTORE),
    "tablespace": Code(_OPERATIONAL, RESTORE),
    "replica-identity": Code(
        _OPERATIONAL, "Change it back: logical replication finds rows to change by it."
    ),
}
_CHILD: Final = {
    "partition": Code(_BREAKING, "Attach it again where the model puts it."),
    "inherits": Code(_BREAKING, "Restore the inheritance: queries of the parent depend on it."),
}
_TABLE: Final = {
    **_CHILD,
    "partition-key": Code(_BREAKING, "Create the table again with the key of the model."),
    "of-type": Code(_OPERATIONAL, RESTORE),
    "row-security": Code(_INTEGRITY, "Change it back: it decides who sees which rows."),
}
_RELATIONS: Final = {
    "table": {
        **_RELATION,
        **_STORED,
        **_TABLE,
        "missing": Code(_BREAKING, "Restore the table from a backup, or create it again empty."),
        "inherited": Code(
            _BREAKING, "Take the child off: its rows appear in every query of the table."
        ),
        "shadowed": Code(
            _BREAKING,
            "Rename the other one or set the role's search_path: a name without a schema means the"
            " other one.",
        ),
        "subscribed": Code(
            _INTEGRITY, "Drop the subscription if nobody needs it: it writes into the table."
        ),
    },
    "view": {
        **_RELATION,
        "missing": Code(_BREAKING, "Create the view again."),
        "definition": Code(_BREAKING, RESTORE),
    },
    "materialized-view": {
        **_RELATION,
        **{what: code for what, code in _STORED.items() if what != "persistence"},
        "missing": Code(_BREAKING, "Create the view again, and refresh it."),
        "definition": Code(_BREAKING, RESTORE),
        "not-populated": Code(_BREAKING, "Run REFRESH MATERIALIZED VIEW: queries fail until then."),
    },
    "foreign-table": {
        **_RELATION,
        **_CHILD,
        "missing": Code(_BREAKING, "Create the foreign table again."),
        "definition": Code(_BREAKING, RESTORE),
    },
}

_FIRING: Final = {
    "trigger": Code(_INTEGRITY, "Enable it again, and look for rows that it has missed."),
    "rule": Code(_BREAKING, RESTORE),
    "event-trigger": Code(_OPERATIONAL, RESTORE),
}
# Each kind with the severities of missing, unexpected and another definition.
_KINDS: Final = {
    "trigger": (_INTEGRITY, _BREAKING, _INTEGRITY),
    "policy": (_INTEGRITY, _INTEGRITY, _INTEGRITY),
    "rule": (_BREAKING, _BREAKING, _BREAKING),
    "statistics": (_OPERATIONAL, _OPERATIONAL, _OPERATIONAL),
    "function": (_BREAKING, _OPERATIONAL, _BREAKING),
    "enum": (_BREAKING, _OPERATIONAL, _BREAKING),
    "composite-type": (_BREAKING, _OPERATIONAL, _BREAKING),
    "domain": (_BREAKING, _OPERATIONAL, _INTEGRITY),
    "range-type": (_BREAKING, _OPERATIONAL, _BREAKING),
    "base-type": (_BREAKING, _OPERATIONAL, _BREAKING),
    "collation": (_BREAKING, _OPERATIONAL, _BREAKING),
    "operator": (_BREAKING, _BREAKING, _BREAKING),
    "operator-class": (_BREAKING, _OPERATIONAL, _BREAKING),
    "operator-family": (_BREAKING, _OPERATIONAL, _BREAKING),
    "conversion": (_BREAKING, _BREAKING, _BREAKING),
    "text-search-configuration": (_BREAKING, _OPERATIONAL, _BREAKING),
    "text-search-dictionary": (_BREAKING, _OPERATIONAL, _BREAKING),
    "text-search-parser": (_BREAKING, _OPERATIONAL, _BREAKING),
    "text-search-template": (_BREAKING, _OPERATIONAL, _BREAKING),
    "extension": (_BREAKING, _OPERATIONAL, _OPERATIONAL),
    "cast": (_BREAKING, _BREAKING, _BREAKING),
    "transform": (_BREAKING, _OPERATIONAL, _BREAKING),
    "publication": (_OPERATIONAL, _OPERATIONAL, _OPERATIONAL),
    "event-trigger": (_OPERATIONAL, _OPERATIONAL, _OPERATIONAL),
    "language": (_BREAKING, _OPERATIONAL, _BREAKING),
    "foreign-data-wrapper": (_BREAKING, _OPERATIONAL, _BREAKING),
    "foreign-server": (_BREAKING, _OPERATIONAL, _BREAKING),
    "default-privileges": (_OPERATIONAL, _OPERATIONAL, _OPERATIONAL),
}
OWNERLESS: Final = frozenset(
    {
        *("trigger", "policy", "rule", "cast", "transform", "extension", "default-privileges"),
        *("text-search-parser", "text-search-template"),
    }
)
_GRANTABLE: Final = frozenset(
    {
        *("function", "enum", "composite-type", "domain", "range-type", "base-type"),
        *("language", "foreign-data-wrapper", "foreign-server"),
    }
)


def _of_relations() -> Iterator[tuple[str, Code]]:
    for kind, codes in _RELATIONS.items():
        for what, code in codes.items():
            yield f"{kind}-{what}", code


def _of_objects() -> Iterator[tuple[str, Code]]:
    for kind, (missing, unexpected, definition) in _KINDS.items():
        yield f"{kind}-missing", Code(missing, RESTORE)
        yield f"{kind}-unexpected", Code(unexpected, REMOVE)
        first = DATA_FIRST if kind == "domain" else RESTORE
        yield f"{kind}-definition", Code(definition, first)
        if kind in _FIRING:
            yield f"{kind}-enabled", _FIRING[kind]
        if kind not in OWNERLESS:
            yield f"{kind}-owner", _OWNED["owner"]
        if kind in _GRANTABLE:
            yield f"{kind}-privileges", _OWNED["privileges"]
        if kind != "default-privileges":
            yield f"{kind}-comment", _COMMENT["comment"]


OBJECT_CODES: Final = {**dict(_of_relations()), **dict(_of_objects())}
OBJECT_KINDS: Final = (*_KINDS, "view", "materialized-view", "foreign-table")
"""What autogenerate does not know."""
