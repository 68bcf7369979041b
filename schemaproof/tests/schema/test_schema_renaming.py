"""Rename a schema in a snapshot: texts change only where they name its own objects."""

from typing import Final

import pytest

from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Relation,
    Schema,
    Sequence,
    Snapshot,
)
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.schema_renaming import renamed
from schemaproof.schema.values import SqlText

TEXTS: Final = [
    # The first is a text of the catalogs, and the second is what is expected for the tenant.
    ("nextval('public.t_id_seq'::regclass)", "nextval('one.t_id_seq'::regclass)"),
    ('FOREIGN KEY (a) REFERENCES public."Other"(id)', 'FOREIGN KEY (a) REFERENCES one."Other"(id)'),
    ("public.f(a)", "one.f(a)"),
    ("public.gen_random()", "public.gen_random()"),  # This function belongs to an extension.
    ("public.t2", "public.t2"),
    ("public.t_id", "public.t_id"),
    ("mypublic.t", "mypublic.t"),
    ('"x.public".t', '"x.public".t'),
    ("SELECT public.t.a FROM public.t", "SELECT one.t.a FROM one.t"),
    (
        "f() AS $function$ SELECT public.t $function$",
        "f() AS $function$ SELECT public.t $function$",
    ),
    (
        "FUNCTION public.f(integer) RETURNS SETOF public.t AS $$public.t$$ COST 1",
        "FUNCTION one.f(integer) RETURNS SETOF one.t AS $$public.t$$ COST 1",
    ),
]


def snapshot(text: str, schema: str = "public") -> Snapshot:
    default = SqlText((text,))
    table = Relation(
        name="t",
        columns=(Column(name="a", position=1, type="text", default=default, comment="public.t"),),
        constraints=(Constraint(name="c", kind="check", definition=default),),
    )
    return Snapshot(
        (
            Schema(
                name=schema,
                relations=(Relation(name="Other"), table),
                sequences=(
                    Sequence(
                        name="t_id_seq",
                        type="integer",
                        start=1,
                        increment=1,
                        minimum=1,
                        maximum=9,
                        cache=1,
                        owned_by=ObjectPath.parse(f"{schema}.t.a"),
                    ),
                ),
                objects=(
                    DatabaseObject(
                        kind="function", name="f(integer)", definition=SqlText((text, text))
                    ),
                ),
            ),
            Schema(name="shared", relations=(Relation(name="v", definition=default),)),
        )
    )


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_texts_name_the_objects_of_the_schema_under_its_other_name(
    text: str, expected: str
) -> None:
    found = renamed(snapshot(text), "public", "one")
    assert found == snapshot(expected, "one")
    assert found.schemas[0].relations[1].columns[0].comment == "public.t"


def test_names_are_quoted_where_they_have_to_be() -> None:
    made = renamed(snapshot("public.t"), "public", "Tenant 1")
    [table] = [one for one in made.schemas[0].relations if one.name == "t"]
    assert str(table.columns[0].default) == '"Tenant 1".t'
    assert made.schemas[0].sequences[0].owned_by == ObjectPath.parse('"Tenant 1".t.a')
    back = renamed(made, "Tenant 1", "public")
    assert back == snapshot("public.t")


@pytest.mark.parametrize("names", [("gone", "one"), ("public", "public")])
def test_nothing_is_changed_where_no_schema_has_another_name(names: tuple[str, str]) -> None:
    assert renamed(snapshot("public.t"), *names) == snapshot("public.t")
