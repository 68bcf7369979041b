SELECT CAST(position AS text) AS position, passed, changed
FROM ONLY @{backfills}
WHERE backfill = CAST(:backfill AS text)
