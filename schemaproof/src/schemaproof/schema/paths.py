"""The names of objects in reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, Self

# quote_ident() quotes these: pg_get_keywords() of PostgreSQL 15 to 18 without the unreserved ones.
_KEYWORDS: Final = frozenset(
    {
        *("all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric"),
        *("authorization", "between", "bigint", "binary", "bit", "boolean", "both", "case"),
        *("cast", "char", "character", "check", "coalesce", "collate", "collation", "column"),
        *("concurrently", "constraint", "create", "cross", "current_catalog", "current_date"),
        *("current_role", "current_schema", "current_time", "current_timestamp"),
        *("current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct", "do"),
        *("else", "end", "except", "exists", "extract", "false", "fetch", "float", "for"),
        *("foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping"),
        *("having", "ilike", "in", "initially", "inner", "inout", "int", "integer"),
        *("intersect", "interval", "into", "is", "isnull", "join", "json", "json_array"),
        *("json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query"),
        *("json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading"),
        *("least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action"),
        *("national", "natural", "nchar", "none", "normalize", "not", "notnull", "null"),
        *("nullif", "numeric", "offset", "on", "only", "or", "order", "out", "outer"),
        *("overlaps", "overlay", "placing", "position", "precision", "primary", "real"),
        *("references", "returning", "right", "row", "select", "session_user", "setof"),
        *("similar", "smallint", "some", "substring", "symmetric", "system_user", "table"),
        *("tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim"),
        *("true", "union", "unique", "user", "using", "values", "varchar", "variadic"),
        *("verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat"),
        *("xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi"),
        *("xmlroot", "xmlserialize", "xmltable"),
    }
)
_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_$]*")


_NAME: Final = re.compile(r'(?:"(?:[^"]|"")*"|[^".])+')
_LISTED: Final = re.compile(r'(?:"(?:[^"]|"")*"|[^",\s])+')


class ObjectPath(str):
    """The path of an object, which reports show; it keeps the names it is made of.

    Attributes:
        names: The names from the outermost inwards: schema, relation, column; for an object in no
            schema, the whole text.
        name: The last of the names; for an object in no schema, its name without its kind.
    """

    __slots__ = ("name", "names")
    names: tuple[str, ...]
    name: str

    def __new__(cls, text: str, *names: str) -> Self:
        """Return the path with this text; see :func:`path` for that of names."""
        made = super().__new__(cls, text)
        made.names = names or (text,)
        made.name = made.names[-1]
        return made

    @classmethod
    def in_no_schema(cls, kind: str, name: str) -> Self:
        """Return the path of an object that is in no schema: it begins with the kind.

        >>> ObjectPath.in_no_schema("extension", "citext").name
        'citext'
        """
        made = cls(f"{kind} {name}")
        made.name = name
        return made

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the path in a file or in a row of PostgreSQL.

        >>> ObjectPath.parse('shop."Order Line".id').names
        ('shop', 'Order Line', 'id')
        """
        return cls(text, *(_unquoted(part) for part in _NAME.findall(text)))

    def within(self, text: str) -> Self:
        """Return the path of an object within this one, by its name as SQL writes it."""
        return type(self)(f"{self}.{text}", *self.names, text)

    def in_schema(self, schema: str) -> ObjectPath:
        """Return the path of a relation with a schema: its own, or this one when it has none.

        >>> path("customer").in_schema("public"), path("shop", "customer").in_schema("public")
        ('public.customer', 'shop.customer')
        """
        return self if len(self.names) > 1 else path(schema, *self.names)

    @property
    def object(self) -> tuple[str, ...]:
        """Schema and name of the object, or of the object that contains it."""
        return self.names[:2]

    def enclosing(self) -> Iterator[str]:
        """Yield the paths of all enclosing objects, from the outermost, and this one."""
        return accumulate(_NAME.findall(self), "{}.{}".format)


def path(*names: str) -> ObjectPath:
    """Return the path of names, quoted where SQL would need it.

    >>> path("shop", "Order Line", "id")
    'shop."Order Line".id'
    >>> path("public", "order")
    'public."order"'
    """
    return ObjectPath(".".join(_quoted(name) for name in names), *names)


def listed_paths(text: str) -> list[ObjectPath]:
    """Return the paths that a text of PostgreSQL lists.

    >>> listed_paths('shop."a, b", shop.customer')
    ['shop."a, b"', 'shop.customer']
    """
    return [ObjectPath.parse(one) for one in _LISTED.findall(text)]


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text
