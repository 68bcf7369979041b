-- The last word on each revision that is not undone; an older ledger may not know the checksum, and
-- has no column for the outcome, since it kept no attempts that failed.
SELECT revision, file_checksum
FROM (
    SELECT DISTINCT ON (revision) revision, direction, file_checksum
    FROM @{ledger} AS step
    WHERE direction <> 'adopt' AND coalesce(to_jsonb(step) ->> 'outcome', 'done') = 'done'
    ORDER BY revision, id DESC
) AS last
WHERE direction <> 'downgrade' AND file_checksum IS NOT NULL;
