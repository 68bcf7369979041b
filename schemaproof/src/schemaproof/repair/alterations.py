"""Change objects whose definition has several statements, statement by statement."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.repair import publications
from schemaproof.schema.paths import path
from schemaproof.schema.values import SqlText
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import NotAnalysed, tokens
from schemaproof.sql.sql_tree import inner, texts, unless_analysed


def alterations(wanted: SqlText, found: SqlText) -> list[str] | None:
    """Return the statements that change one definition into the other; None when impossible."""
    new, old = statements(wanted), statements(found)
    if new[0] != old[0]:
        return _altered(new, old)
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    renamed = _renamed_checks(gone, come)
    # The order is reversed, because a later statement may depend on an earlier one.
    undone = [_undo(one) for one in reversed(gone)]
    if None in undone:
        return None
    # The statements that undo come first, because they use the names that exist now.
    return [*filter(None, undone), *renamed, *come]


@unless_analysed(otherwise=[])
def _renamed_checks(gone: list[str], come: list[str]) -> list[str]:
    """Remove CHECKs that differ only in their names from both lists, and return their renames."""
    renamed = []
    for old, new in [(old, new) for old in gone for new in come]:
        trees = [sql_tree.statement(one) for one in (old, new)]
        names = [_take_check_name(tree) for tree in trees]
        if all(names) and old in gone and new in come and sql_tree.is_same(*trees):
            gone.remove(old)
            come.remove(new)
            domain = path(*texts(trees[0].type_name))
            before, after = (path(one) for one in names)
            renamed.append(f"ALTER DOMAIN {domain} RENAME CONSTRAINT {before} TO {after}")
    return renamed


def _take_check_name(tree: Any) -> str:
    if not isinstance(tree, pg.AlterDomainStmt) or tree.subtype != "C":
        return ""
    check = inner(getattr(tree, "def"))
    name = str(check.conname)
    check.conname = ""
    return name


@unless_analysed(otherwise=None)
def _altered(new: list[str], old: list[str]) -> list[str] | None:
    """Return the statements that follow from a changed CREATE statement; None when impossible."""
    wanted, found = sql_tree.statement(new[0]), sql_tree.statement(old[0])
    if type(wanted) is not type(found):
        return None
    if isinstance(wanted, pg.CreatePublicationStmt):
        return publications.altered(new[0], old[0])
    if isinstance(wanted, pg.CreateExtensionStmt):
        return _extension(wanted)
    return _dictionary(new[0], old[0])


def _extension(wanted: Any) -> list[str] | None:
    """Return the statement that moves an extension to its schema; None if it has none."""
    schemas = [sql_tree.words(one.def_elem.arg)[-1] for one in wanted.options]
    name = path(wanted.extname)
    return [f"ALTER EXTENSION {name} SET SCHEMA {path(*schemas)}"] if schemas else None


def statements(definition: SqlText) -> list[str]:
    """Return the statements of a definition, the one that creates it first."""
    try:
        return [one.sql for one in sql_tree.statements(str(definition))]
    except NotAnalysed:
        return [str(definition)]


@unless_analysed(otherwise=None)
def _undo(statement: str) -> str | None:
    """Return the statement that undoes another; None without one."""
    tree = sql_tree.statement(statement)
    undo = _UNDO.get(type(tree))
    return undo(statement, tree) if undo is not None else None


def _comment(statement: str, _: Any) -> str:
    return f"{statement[: tokens(statement)[-1].start]}NULL"


def _domain(_: str, tree: Any) -> str | None:
    undo = {"T": "DROP DEFAULT", "O": "DROP NOT NULL"}.get(tree.subtype)
    if tree.subtype == "C":
        undo = f"DROP CONSTRAINT {path(inner(getattr(tree, 'def')).conname)}"
    return undo and f"ALTER DOMAIN {path(*texts(tree.type_name))} {undo}"


def _server(statement: str, tree: Any) -> str | None:
    if tree.has_version:
        return f"ALTER SERVER {path(tree.servername)} VERSION NULL"
    return _option(statement, tree)


def _wrapper(statement: str, tree: Any) -> str | None:
    for one in tree.func_options:
        word = one.def_elem.defname.upper()
        return f"ALTER FOREIGN DATA WRAPPER {path(tree.fdwname)} NO {word}"
    return _option(statement, tree)


def _option(statement: str, tree: Any) -> str | None:
    """Return the statement that undoes ``OPTIONS (ADD name 'value')``, of one option."""
    if len(tree.options) != 1 or tree.options[0].def_elem.defaction != pg.DEFELEM_ADD:
        return None
    before = [one for one in tokens(statement) if one.kind == pg.Token.OPTIONS][-1].start
    return f"{statement[:before]}OPTIONS (DROP {path(tree.options[0].def_elem.defname)})"


def _mapping(_: str, tree: Any) -> str | None:
    if tree.kind != pg.ALTER_TSCONFIG_ADD_MAPPING:
        return None
    name, kinds = path(*texts(tree.cfgname)), ", ".join(map(path, texts(tree.tokentype)))
    return f"ALTER TEXT SEARCH CONFIGURATION {name} DROP MAPPING FOR {kinds}"


def _member(statement: str, tree: Any) -> str | None:
    """Return the statement that removes an operator or function from an operator family."""
    if len(tree.items) != 1 or tree.is_drop:
        return None
    read = tokens(statement)
    add = next(place for place, one in enumerate(read) if one.kind == pg.Token.ADD_P)
    kind, number = read[add + 1], read[add + 2]
    begin = next(one.start for one in read[add + 3 :] if one.text == "(")
    end = next(one.start for one in read if one.text == ")" and one.start > begin)
    types = statement[begin : end + 1]
    return f"{statement[: read[add].start]}DROP {kind.text} {number.text} {types}"


_UNDO: Final[Mapping[type, Callable[[str, Any], str | None]]] = {
    pg.CommentStmt: _comment,
    pg.AlterDomainStmt: _domain,
    pg.AlterForeignServerStmt: _server,
    pg.AlterFdwStmt: _wrapper,
    pg.AlterTSConfigurationStmt: _mapping,
    pg.AlterOpFamilyStmt: _member,
}


@unless_analysed(otherwise=None)
def _dictionary(wanted: str, found: str) -> list[str] | None:
    """Return the statement that changes the options of a text search dictionary, if it is one."""
    new, old = sql_tree.statement(wanted), sql_tree.statement(found)
    if not isinstance(new, pg.DefineStmt) or new.kind != pg.OBJECT_TSDICTIONARY:
        return None
    options, former = ([one.def_elem for one in tree.definition] for tree in (new, old))
    if texts(new.defnames) != texts(old.defnames) or not sql_tree.is_same(options[0], former[0]):
        return None
    kept = {one.defname for one in options[1:]}
    gone = [path(one.defname) for one in former[1:] if one.defname not in kept]
    values = [f"{path(one.defname)} = {_value(wanted, one)}" for one in options[1:]]
    name = path(*texts(new.defnames))
    return [f"ALTER TEXT SEARCH DICTIONARY {name} ({', '.join([*gone, *values])})"]


def _value(statement: str, option: Any) -> str:
    """Return the value of an option as it is written after the name and the equals sign."""
    at = len(statement.encode()[: option.location].decode())
    following = [one for one in tokens(statement) if one.start >= at]
    return following[2].text
