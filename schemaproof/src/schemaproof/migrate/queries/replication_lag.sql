-- How far the slowest standby is behind, in seconds; null where none is. What another role's connection is
-- about is shown to members of pg_read_all_stats alone, and is null for others.
SELECT
    CAST(pg_catalog.max(EXTRACT(EPOCH FROM r.replay_lag)) AS float8) AS seconds
FROM pg_catalog.pg_stat_replication AS r
