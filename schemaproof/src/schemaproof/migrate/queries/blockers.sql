-- The sessions that one waits for. They are read in the same statement, because they may be gone in
-- the next.
SELECT b.pid, b.application_name, b.usename, b.state, b.backend_start, b.xact_start, b.query
FROM pg_catalog.pg_stat_activity AS b
WHERE b.pid = ANY (pg_blocking_pids(:pid))
ORDER BY b.xact_start;
