-- The sessions that a session waits for. All facts are read in one statement, because the sessions
-- may have ended by the next one.
SELECT b.pid, b.application_name, b.usename, b.state, b.backend_start, b.xact_start, b.query
FROM pg_catalog.pg_stat_activity AS b
WHERE b.pid = ANY (pg_blocking_pids(:pid))
ORDER BY b.xact_start;
