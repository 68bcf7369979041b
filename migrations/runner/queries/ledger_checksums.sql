-- The last word on each revision that is not undone; an older ledger may not know the checksum.
SELECT revision, file_checksum
FROM (
    SELECT DISTINCT ON (revision) revision, direction, file_checksum
    FROM public.monps_migration_ledger
    ORDER BY revision, id DESC
) AS last
WHERE direction <> 'downgrade' AND file_checksum IS NOT NULL;
