"""Changes to foreign keys and checks."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

AGAIN: Final = "format('ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s "
CHANGED: Final = "{}-changed {}-definition"
FOREIGN: Final = "con WHERE own AND type = 'f'"
PLAIN: Final = f"{FOREIGN} AND def !~ '(PERIOD|NOT ENFORCED)'"
CHECK: Final = "con WHERE own AND type = 'c'"
DELETE: Final = "regexp_replace(actions, ' ON DELETE [A-Z ]+$', '')"
UPDATE: Final = "regexp_replace(actions, '^ ON UPDATE [A-Z ]+?( ON DELETE .*)?$', '\\1')"

FOREIGN_KEYS: Final = (
    *(
        Kind(
            f"foreign key: ON DELETE {action}",
            f"{PLAIN} AND def !~ 'ON DELETE {action}'",
            AGAIN + f"%s%s ON DELETE {action}', ref, quoted, quoted, base, {DELETE})",
            CHANGED,
        )
        for action in ("CASCADE", "SET NULL", "RESTRICT")
    ),
    Kind(
        "foreign key: ON DELETE dropped",
        f"{PLAIN} AND def ~ 'ON DELETE'",
        AGAIN + f"%s%s', ref, quoted, quoted, base, {DELETE})",
        CHANGED,
    ),
    Kind(
        "foreign key: ON UPDATE CASCADE",
        f"{PLAIN} AND def !~ 'ON UPDATE'",
        AGAIN + "%s ON UPDATE CASCADE%s', ref, quoted, quoted, base, actions)",
        CHANGED,
    ),
    Kind(
        "foreign key: ON UPDATE dropped",
        f"{PLAIN} AND def ~ 'ON UPDATE'",
        AGAIN + f"%s%s', ref, quoted, quoted, base, {UPDATE})",
        CHANGED,
    ),
    Kind(
        "foreign key: MATCH FULL",
        f"{PLAIN} AND match = 's'",
        AGAIN + "%s MATCH FULL%s', ref, quoted, quoted, base, actions)",
        CHANGED,
    ),
    Kind(
        "foreign key made deferrable",
        f"{FOREIGN} AND NOT delayed",
        "format('ALTER TABLE %s ALTER CONSTRAINT %s DEFERRABLE INITIALLY DEFERRED', ref, quoted)",
        f"{CHANGED} {{}}-deferrable",
    ),
    Kind(
        "foreign key made not deferrable",
        f"{FOREIGN} AND delayed",
        "format('ALTER TABLE %s ALTER CONSTRAINT %s NOT DEFERRABLE', ref, quoted)",
        f"{CHANGED} {{}}-deferrable",
    ),
    Kind(
        "foreign key initially deferred",
        f"{FOREIGN} AND delayed AND def !~ 'INITIALLY'",
        "format('ALTER TABLE %s ALTER CONSTRAINT %s DEFERRABLE INITIALLY DEFERRED', ref, quoted)",
        f"{CHANGED} {{}}-deferrable",
    ),
    Kind(
        "foreign key not validated",
        f"{PLAIN} AND kind = 'r'",
        AGAIN + "%s%s NOT VALID', ref, quoted, quoted, base, actions)",
        "{}-not-validated",
    ),
    Kind(
        "foreign key not enforced",
        PLAIN,
        "format('ALTER TABLE %s ALTER CONSTRAINT %s NOT ENFORCED', ref, quoted)",
        "{}-changed {}-not-enforced {}-enforced",
        since=18,
    ),
    Kind(
        "foreign key enforced",
        f"{FOREIGN} AND def ~ 'NOT ENFORCED'",
        "format('ALTER TABLE %s ALTER CONSTRAINT %s ENFORCED', ref, quoted)",
        "{}-changed {}-not-enforced {}-enforced",
        since=18,
    ),
    Kind(
        "foreign key to another table",
        f"{PLAIN} AND cardinality(keys) = 1 AND kind = 'r'",
        "format('CREATE TABLE public.bench_other (id bigint PRIMARY KEY); ALTER TABLE %s"
        " DROP CONSTRAINT %s, ADD CONSTRAINT %s %s REFERENCES public.bench_other%s', ref, quoted,"
        " quoted, split_part(base, ' REFERENCES ', 1), actions)",
        CHANGED,
    ),
    Kind(
        "foreign key switched off on its table",
        f"{PLAIN} AND kind = 'r'",
        "format('ALTER TABLE %s DISABLE TRIGGER ALL', ref)",
        "foreign-key-disabled trigger-enabled",
    ),
    Kind(
        "foreign key switched off on the table it points to",
        f"{PLAIN} AND kind = 'r'",
        "format('ALTER TABLE %s DISABLE TRIGGER ALL',"
        " (SELECT confrelid::regclass FROM pg_constraint WHERE pg_constraint.oid = con.oid))",
        "foreign-key-disabled trigger-enabled",
    ),
    Kind(
        "foreign key's trigger for replicas only",
        f"{PLAIN} AND kind = 'r'",
        "format('ALTER TABLE %s ENABLE REPLICA TRIGGER %I', ref,"
        " (SELECT min(tgname::text) FROM pg_trigger WHERE tgconstraint = con.oid AND tgrelid ="
        " relid))",
        "foreign-key-disabled trigger-enabled",
    ),
)

CHECKS: Final = (
    Kind(
        "check weakened",
        f"{CHECK} AND def !~ 'NOT (VALID|ENFORCED)$'",
        AGAIN + "CHECK (%s OR false IS NULL)', ref, quoted, quoted,"
        " regexp_replace(regexp_replace(def, '^CHECK ', ''), ' NO INHERIT$', ''))",
        CHANGED,
    ),
    Kind(
        "check with another constant",
        f"{CHECK} AND def ~ '[1-9]' AND def !~ 'NOT (VALID|ENFORCED)$' AND def !~ '\"'",
        AGAIN + "%s', ref, quoted, quoted, regexp_replace(def, '[1-9]', '7'))",
        CHANGED,
    ),
    Kind(
        "check's list lost a value",
        f"{CHECK} AND def ~ ', ''\\w+''::'",
        AGAIN + "%s', ref, quoted, quoted, regexp_replace(def, ', ''\\w+''::[a-z ]+', ''))",
        CHANGED,
    ),
    Kind(
        "check not validated",
        f"{CHECK} AND def !~ 'NOT (VALID|ENFORCED)$'",
        AGAIN + "%s NOT VALID', ref, quoted, quoted, def)",
        "{}-not-validated",
    ),
    Kind(
        "check validated",
        f"{CHECK} AND def ~ 'NOT VALID$'",
        "format('ALTER TABLE %s VALIDATE CONSTRAINT %s', ref, quoted)",
        "{}-not-validated {}-validated",
    ),
    Kind(
        "check not inherited",
        f"{CHECK} AND NOT alone AND kind = 'r' AND NOT parent AND def !~ 'NOT (VALID|ENFORCED)$'",
        AGAIN + "%s NO INHERIT', ref, quoted, quoted, def)",
        f"{CHANGED} {{}}-no-inherit",
    ),
    Kind(
        "check inherited",
        f"{CHECK} AND alone",
        AGAIN + "%s', ref, quoted, quoted, replace(def, ' NO INHERIT', ''))",
        f"{CHANGED} {{}}-no-inherit",
    ),
    Kind(
        "check not enforced",
        f"{CHECK} AND def !~ 'NOT (VALID|ENFORCED)$'",
        AGAIN + "%s NOT ENFORCED', ref, quoted, quoted, def)",
        "{}-changed {}-not-enforced {}-enforced",
        since=18,
    ),
    Kind(
        "check enforced",
        f"{CHECK} AND def ~ 'NOT ENFORCED$'",
        AGAIN + "%s', ref, quoted, quoted, replace(def, ' NOT ENFORCED', ''))",
        "{}-changed {}-not-enforced {}-enforced",
        since=18,
    ),
)

KINDS: Final = (*FOREIGN_KEYS, *CHECKS)
