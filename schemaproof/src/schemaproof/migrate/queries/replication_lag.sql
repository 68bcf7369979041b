-- The lag of the slowest standby in seconds, or null without a standby. Only members of
-- pg_read_all_stats can see the connections of other roles, so the result is null for others.
SELECT
    CAST(pg_catalog.max(EXTRACT(EPOCH FROM r.replay_lag)) AS float8) AS seconds
FROM pg_catalog.pg_stat_replication AS r
