"""What happens to every database and is no drift; whatever a check finds then is a false alarm."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import each, plain
from bench.drift.strangers import THEIRS

UPKEEP: Final = (
    plain("vacuum", "VACUUM"),
    plain("vacuum full", "VACUUM FULL"),
    plain("vacuum freeze", "VACUUM (FREEZE)"),
    plain("analyze", "ANALYZE"),
    plain("checkpoint", "CHECKPOINT"),
    each("reindex", "tab", "format('REINDEX TABLE %s', ref)"),
    each(
        "reindex concurrently",
        "tab WHERE kind = 'r'",
        "format('REINDEX TABLE CONCURRENTLY %s', ref)",
    ),
    each(
        "materialised view refreshed",
        "seen WHERE kind = 'm' AND filled",
        "format('REFRESH MATERIALIZED VIEW %s', ref)",
    ),
    each("sequence moved on", "seq", "format('SELECT nextval(%L), nextval(%L)', ref, ref)"),
    each("truncated", "tab", "format('TRUNCATE %s RESTART IDENTITY CASCADE', ref)"),
    each(
        "rows inserted",
        "tab WHERE kind = 'r' AND NOT partition AND schema || name IN ('zoospare', 'zooaudit',"
        " 'zoofish')",
        "CASE name WHEN 'spare' THEN 'INSERT INTO zoo.spare (yes) SELECT true FROM"
        " generate_series(1, 99)'"
        " WHEN 'audit' THEN 'INSERT INTO zoo.audit (what) SELECT ''x'' FROM generate_series(1, 99)'"
        " ELSE 'INSERT INTO zoo.fish (name) SELECT ''x'' FROM generate_series(1, 99)' END",
    ),
    each(
        "rows inserted with their keys by the sequence",
        "tab WHERE schema = 'quantum' AND name = 'team_quantum_dna'",
        "'INSERT INTO quantum.team_quantum_dna (team_name, league)"
        " SELECT n, ''x'' FROM generate_series(1, 99) AS n'",
    ),
)

# The same thing, written otherwise or made anew.
REWRITTEN: Final = (
    each(
        "column rewritten with the same type",
        "col WHERE own AND NOT pinned AND generated = ''",
        "format('ALTER TABLE %s ALTER %s TYPE %s', ref, quoted, type) ||"
        " CASE WHEN collated > 0 THEN (SELECT format(' COLLATE %I.%I', nspname, collname)"
        " FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = collnamespace WHERE c.oid ="
        " collated)"
        " ELSE '' END",
    ),
    each(
        "varchar written for character varying",
        "col WHERE own AND NOT pinned AND base = 'varchar' AND modifier > 0 AND collated = 100",
        "format('ALTER TABLE %s ALTER %s TYPE VARCHAR(%s)', ref, quoted, modifier - 4)",
    ),
    each(
        "default written anew",
        "col WHERE own AND expression IS NOT NULL AND generated = ''",
        "format('ALTER TABLE %s ALTER %s SET DEFAULT %s', ref, quoted, expression)",
    ),
    each(
        "CURRENT_TIMESTAMP written for now()",
        "col WHERE own AND expression = 'now()'",
        "format('ALTER TABLE %s ALTER %s SET DEFAULT CURRENT_TIMESTAMP', ref, quoted)",
    ),
    each(
        "now() in brackets and with its schema",
        "col WHERE own AND expression = 'now()'",
        "format('ALTER TABLE %s ALTER %s SET DEFAULT (pg_catalog.now())', ref, quoted)",
    ),
    each(
        "constraint made anew from its print",
        "con WHERE own AND NOT referenced AND comment IS NULL AND def !~ 'NOT VALID' AND type"
        " <> 'x'",
        "format('ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s %s', ref, quoted,"
        " quoted, def)",
    ),
    each(
        "index made anew from its print",
        "idx WHERE own AND NOT constrained AND NOT identity AND comment IS NULL AND NOT clustered"
        " AND name <> 'uq_ix_animal_upper'",
        "format('DROP INDEX %s; %s', ref, def)",
    ),
    each(
        "view made anew from its print",
        "seen WHERE kind = 'v'",
        "'CREATE OR REPLACE VIEW ' || ref ||"
        " coalesce(' WITH (' || array_to_string(options, ', ') || ')', '') || ' AS ' || def",
    ),
    each("function made anew from its print", "routine WHERE kind <> 'a'", "def"),
    each(
        "trigger made anew from its print",
        "trig WHERE comment IS NULL AND enabled = 'O'",
        "format('DROP TRIGGER %s ON %s; %s', quoted, ref, def)",
    ),
    each(
        "column renamed and back",
        "col WHERE own",
        "format('ALTER TABLE %s RENAME %s TO bench_new; ALTER TABLE %s RENAME bench_new TO"
        " %s', ref,"
        " quoted, ref, quoted)",
    ),
    each(
        "owner's grants written out",
        "relation WHERE kind IN ('r', 'p', 'v', 'm') AND acl IS NULL",
        "format('GRANT ALL ON %s TO CURRENT_USER', ref)",
    ),
    each(
        "function's grant to everybody written out",
        "routine WHERE acl IS NULL",
        "format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', ref)",
    ),
    each(
        "schema's owner granted what he has",
        "mine WHERE managed AND acl IS NULL",
        "format('GRANT ALL ON SCHEMA %s TO CURRENT_USER', ref)",
    ),
    each(
        "trigger switched off and on",
        "trig WHERE kind IN ('r', 'p') AND enabled = 'O'",
        "format('ALTER TABLE %s DISABLE TRIGGER %s; ALTER TABLE %s ENABLE TRIGGER %s', ref,"
        " quoted, ref,"
        " quoted)",
    ),
    each(
        "partition detached and attached again",
        "tab WHERE partition AND NOT parent",
        "(SELECT format('ALTER TABLE %s DETACH PARTITION %s; ALTER TABLE %s ATTACH PARTITION"
        " %s %s',"
        " inhparent::regclass, ref, inhparent::regclass, ref, pg_get_expr(relpartbound, inhrelid))"
        " FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhrelid = tab.oid)",
    ),
)

KINDS: Final = (*UPKEEP, *REWRITTEN, *THEIRS)

SESSIONS: Final = {
    "session: search_path of ours": "-c search_path=zoo,quantum,public",
    "session: search_path of nobody": "-c search_path=pg_catalog",
    "session: every identifier quoted": "-c quote_all_identifiers=on",
    "session: German dates": "-c DateStyle=German -c IntervalStyle=sql_standard -c"
    " TimeZone=Asia/Tokyo",
    "session: few digits": "-c extra_float_digits=-15 -c bytea_output=escape",
    "session: old strings": "-c standard_conforming_strings=off -c backslash_quote=on",
    "session: slow plans": "-c enable_hashjoin=off -c enable_mergejoin=off -c jit=on",
    "session: read only": "-c default_transaction_read_only=on",
}
"""What libpq's PGOPTIONS may bring along."""
