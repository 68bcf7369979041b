SELECT DISTINCT unnest(objects_created)
FROM public.monps_migration_ledger
WHERE direction = 'upgrade'
