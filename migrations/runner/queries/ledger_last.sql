SELECT direction
FROM public.monps_migration_ledger
WHERE revision = :revision AND direction <> 'stamp'
ORDER BY id DESC
LIMIT 1;
