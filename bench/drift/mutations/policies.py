"""Changes to policies of row security."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

DEFINITION: Final = "policy-definition policy-changed"

KINDS: Final = (
    Kind("policy dropped", "pol", "format('DROP POLICY %s ON %s', quoted, ref)", "policy-missing"),
    Kind(
        "policy renamed",
        "pol",
        "format('ALTER POLICY %s ON %s RENAME TO bench_new', quoted, ref)",
        "policy-missing policy-renamed",
    ),
    Kind(
        "policy added",
        "tab",
        "format('CREATE POLICY bench_new ON %s USING (true)', ref)",
        "policy-unexpected",
        names="names || 'bench_new'::text",
    ),
    Kind(
        "policy lets everything through",
        "pol WHERE qual IS NOT NULL",
        "format('ALTER POLICY %s ON %s USING (true)', quoted, ref)",
        DEFINITION,
    ),
    Kind(
        "policy checks nothing",
        "pol WHERE checked IS NOT NULL",
        "format('ALTER POLICY %s ON %s WITH CHECK (true)', quoted, ref)",
        DEFINITION,
    ),
    Kind(
        "policy for another command",
        "pol WHERE checked IS NULL",
        "format('DROP POLICY %s ON %s; CREATE POLICY %s ON %s FOR DELETE USING (%s)', quoted,"
        " ref, quoted,"
        " ref, qual)",
        DEFINITION,
    ),
    Kind(
        "policy made the other kind",
        "pol WHERE command = '*'",
        "format('DROP POLICY %s ON %s; CREATE POLICY %s ON %s AS %s USING (%s)', quoted, ref,"
        " quoted, ref,"
        " CASE WHEN permissive THEN 'RESTRICTIVE' ELSE 'PERMISSIVE' END, qual)",
        DEFINITION,
    ),
    Kind(
        "policy for another role",
        "pol",
        "format('ALTER POLICY %s ON %s TO bench_stranger', quoted, ref)",
        f"{DEFINITION} policy-roles",
    ),
    Kind(
        "policy comment",
        "pol",
        "format('COMMENT ON POLICY %s ON %s IS %L', quoted, ref, coalesce(comment || '.', 'new'))",
        "policy-comment",
    ),
)
