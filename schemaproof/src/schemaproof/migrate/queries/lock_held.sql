-- Whether this session still holds both locks of the migrator.
SELECT count(*) = 2
FROM pg_catalog.pg_locks AS l
WHERE l.locktype = 'advisory'
    AND l.granted
    AND l.pid = pg_backend_pid()
    AND l.classid = :space
    AND l.objid IN (:first, :second)
    AND l.objsubid = 2;
