-- Releases the migrators' locks that this session holds. If a pool has replaced the session, the new
-- one holds none, and releasing would print a warning.
SELECT
    CASE l.mode
        WHEN 'ShareLock' THEN pg_advisory_unlock_shared(l.classid::integer, l.objid::integer)
        ELSE pg_advisory_unlock(l.classid::integer, l.objid::integer)
    END
FROM pg_catalog.pg_locks AS l
WHERE l.locktype = 'advisory'
    AND l.granted
    AND l.pid = pg_backend_pid()
    AND l.classid = :space
    AND l.objid IN (:first, :second)
    AND l.objsubid = 2;
