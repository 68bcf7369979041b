"""Changes to triggers, rules and event triggers."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

SIMPLE: Final = "trig WHERE kind = 'r' AND NOT bound AND def ~ 'FOR EACH ROW'"
AGAIN: Final = "format('DROP TRIGGER %s ON %s; %s', quoted, ref, "
TABLE_TRIGGER: Final = (
    "CREATE FUNCTION public.bench_trigger() RETURNS trigger LANGUAGE"
    " plpgsql AS ''BEGIN RETURN NEW; END'';"
)
EVENT: Final = (
    "(SELECT evtname, format('%I', evtname) AS quoted, ARRAY[evtname]::text[] AS names,"
    " 'event-trigger' AS code, evtfoid::regproc AS called, evtevent FROM pg_event_trigger) AS event"
)
DEFINITION: Final = "{}-definition {}-changed"

TRIGGERS: Final = (
    Kind(
        "trigger dropped", "trig", "format('DROP TRIGGER %s ON %s', quoted, ref)", "trigger-missing"
    ),
    Kind(
        "trigger renamed",
        "trig",
        "format('ALTER TRIGGER %s ON %s RENAME TO bench_new', quoted, ref)",
        "trigger-missing trigger-renamed",
    ),
    Kind(
        "trigger added",
        "tab",
        f"format('{TABLE_TRIGGER} CREATE TRIGGER bench_new BEFORE INSERT ON %s FOR EACH ROW"
        " EXECUTE FUNCTION public.bench_trigger()', ref)",
        "trigger-unexpected",
        names="names || 'bench_new'::text",
    ),
    Kind(
        "constraint trigger added",
        "tab",
        f"format('{TABLE_TRIGGER} CREATE CONSTRAINT TRIGGER bench_new AFTER INSERT ON %s FOR"
        " EACH ROW"
        " EXECUTE FUNCTION public.bench_trigger()', ref)",
        "trigger-unexpected",
        names="names || 'bench_new'::text",
    ),
    Kind(
        "trigger switched off",
        "trig WHERE kind IN ('r', 'p')",
        "format('ALTER TABLE %s DISABLE TRIGGER %s', ref, quoted)",
        "trigger-enabled",
    ),
    Kind(
        "trigger for replicas only",
        "trig WHERE kind IN ('r', 'p')",
        "format('ALTER TABLE %s ENABLE REPLICA TRIGGER %s', ref, quoted)",
        "trigger-enabled",
    ),
    Kind(
        "trigger always",
        "trig WHERE kind IN ('r', 'p') AND enabled <> 'A'",
        "format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %s', ref, quoted)",
        "trigger-enabled",
    ),
    Kind(
        "trigger at another time",
        f"{SIMPLE} AND def !~ 'REFERENCING'",
        AGAIN + "CASE WHEN def ~ ' BEFORE ' THEN replace(def, ' BEFORE ', ' AFTER ')"
        " ELSE replace(def, ' AFTER ', ' BEFORE ') END)",
        DEFINITION,
    ),
    Kind(
        "trigger on another event",
        f"{SIMPLE} AND def !~ '(REFERENCING|WHEN)'",
        AGAIN + "replace(replace(def, ' BEFORE ', ' BEFORE DELETE OR '), ' AFTER ', ' AFTER DELETE"
        " OR '))",
        DEFINITION,
    ),
    Kind(
        "trigger for each statement",
        f"{SIMPLE} AND def !~ 'WHEN'",
        AGAIN + "replace(def, 'FOR EACH ROW', 'FOR EACH STATEMENT'))",
        DEFINITION,
    ),
    Kind(
        "trigger without its condition",
        "trig WHERE def ~ ' WHEN '",
        AGAIN + "regexp_replace(def, ' WHEN \\(.*\\) EXECUTE', ' EXECUTE'))",
        DEFINITION,
    ),
    Kind(
        "trigger with a condition",
        f"{SIMPLE} AND def !~ ' WHEN '",
        AGAIN + "replace(def, ' EXECUTE', ' WHEN (pg_trigger_depth() = 0) EXECUTE'))",
        DEFINITION,
    ),
    Kind(
        "trigger on any column",
        "trig WHERE def ~ 'UPDATE OF'",
        AGAIN + "regexp_replace(def, 'UPDATE OF [a-z, ]+ ON', 'UPDATE ON'))",
        DEFINITION,
    ),
    Kind(
        "trigger with other arguments",
        "trig",
        AGAIN + "regexp_replace(def, '\\([^()]*\\)$', '(''bench'')'))",
        DEFINITION,
    ),
    Kind(
        "trigger calls another function",
        "trig WHERE kind = 'r'",
        f"format('{TABLE_TRIGGER} DROP TRIGGER %s ON %s; %s', quoted, ref,"
        " regexp_replace(def, 'EXECUTE FUNCTION [\\w.]+', 'EXECUTE FUNCTION"
        " public.bench_trigger'))",
        DEFINITION,
    ),
    Kind(
        "constraint trigger not deferrable",
        "trig WHERE bound",
        AGAIN + "replace(replace(def, ' DEFERRABLE', ''), ' INITIALLY DEFERRED', ''))",
        DEFINITION,
    ),
    Kind(
        "trigger comment set",
        "trig WHERE comment IS NULL",
        "format('COMMENT ON TRIGGER %s ON %s IS ''new''', quoted, ref)",
        "trigger-comment",
    ),
    Kind(
        "trigger comment removed",
        "trig WHERE comment IS NOT NULL",
        "format('COMMENT ON TRIGGER %s ON %s IS NULL', quoted, ref)",
        "trigger-comment",
    ),
)

RULES: Final = (
    Kind("rule dropped", "rul", "format('DROP RULE %s ON %s', quoted, ref)", "rule-missing"),
    Kind(
        "rule renamed",
        "rul",
        "format('ALTER RULE %s ON %s RENAME TO bench_new', quoted, ref)",
        "rule-missing rule-renamed",
    ),
    Kind(
        "rule added",
        "tab WHERE kind = 'r'",
        "format('CREATE RULE bench_new AS ON DELETE TO %s WHERE false DO INSTEAD NOTHING', ref)",
        "rule-unexpected",
        names="names || 'bench_new'::text",
    ),
    Kind(
        "rule switched off",
        "rul WHERE kind = 'r'",
        "format('ALTER TABLE %s DISABLE RULE %s', ref, quoted)",
        "rule-enabled",
    ),
    Kind(
        "rule changed",
        "rul",
        "format('CREATE OR REPLACE RULE %s AS ON UPDATE TO %s DO INSTEAD NOTHING', quoted, ref)",
        "rule-definition rule-changed",
    ),
    Kind(
        "rule comment",
        "rul",
        "format('COMMENT ON RULE %s ON %s IS %L', quoted, ref, coalesce(comment || '.', 'new'))",
        "rule-comment",
    ),
)

EVENTS: Final = (
    Kind(
        "event trigger dropped",
        EVENT,
        "format('DROP EVENT TRIGGER %s', quoted)",
        "event-trigger-missing",
    ),
    Kind(
        "event trigger switched off",
        EVENT,
        "format('ALTER EVENT TRIGGER %s DISABLE', quoted)",
        "event-trigger-enabled",
    ),
    Kind(
        "event trigger always",
        EVENT,
        "format('ALTER EVENT TRIGGER %s ENABLE ALWAYS', quoted)",
        "event-trigger-enabled",
    ),
    Kind(
        "event trigger for every command",
        EVENT,
        "format('DROP EVENT TRIGGER %s; CREATE EVENT TRIGGER %s ON %s EXECUTE FUNCTION %s()',"
        " quoted,"
        " quoted, evtevent, called)",
        "event-trigger-definition event-trigger-changed event-trigger-tags",
    ),
    Kind(
        "event trigger at another event",
        EVENT,
        "format('DROP EVENT TRIGGER %s; CREATE EVENT TRIGGER %s ON ddl_command_start WHEN TAG IN"
        " (''CREATE TABLE'', ''DROP TABLE'') EXECUTE FUNCTION %s()', quoted, quoted, called)",
        "event-trigger-definition event-trigger-changed",
    ),
    Kind(
        "event trigger added that calls our function",
        EVENT,
        "format('CREATE EVENT TRIGGER bench_new ON sql_drop EXECUTE FUNCTION %s()', called)",
        "event-trigger-unexpected",
        names="ARRAY['bench_new']",
        lost=UNMODELLED,
    ),
    Kind(
        "event trigger comment removed",
        EVENT,
        "format('COMMENT ON EVENT TRIGGER %s IS NULL', quoted)",
        "event-trigger-comment",
    ),
)

KINDS: Final = (*TRIGGERS, *RULES, *EVENTS)
