INSERT INTO @{backfills} AS b (backfill, position, passed, changed)
VALUES (
    CAST(:backfill AS text),
    CAST(CAST(:position AS text) AS jsonb),
    CAST(CAST(:passed AS text) AS bigint),
    CAST(CAST(:changed AS text) AS bigint)
)
ON CONFLICT (backfill) DO UPDATE SET
    position = excluded.position,
    passed = excluded.passed,
    changed = excluded.changed,
    written_at = clock_timestamp()
