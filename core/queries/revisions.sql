SELECT version_num FROM public.alembic_version ORDER BY version_num
