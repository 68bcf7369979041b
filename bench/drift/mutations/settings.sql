-- Changes to the database itself, to what roles find set in it, and to Alembic's table.

-- database setting search_path | database-setting | one | name: search_path
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = pg_catalog', current_database()); END $do$;

-- database setting TimeZone | database-setting | one | name: TimeZone
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database()); END $do$;

-- database setting default_transaction_read_only | database-setting | one | name: default_transaction_read_only
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $do$;

-- database setting default_transaction_isolation | database-setting | one | name: default_transaction_isolation
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $do$;

-- database setting statement_timeout | database-setting | one | name: statement_timeout
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = 60000', current_database()); END $do$;

-- database setting lock_timeout | database-setting | one | name: lock_timeout
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = 60000', current_database()); END $do$;

-- database setting idle_in_transaction_session_timeout | database-setting | one
--   | name: idle_in_transaction_session_timeout
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = 60000', current_database()); END $do$;

-- database setting session_replication_role | database-setting | one | name: session_replication_role
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $do$;

-- database setting DateStyle | database-setting | one | name: DateStyle
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle = ''German''', current_database()); END $do$;

-- database setting IntervalStyle | database-setting | one | name: IntervalStyle
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET IntervalStyle = iso_8601', current_database()); END $do$;

-- database setting row_security | database-setting | one | name: row_security
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET row_security = off', current_database()); END $do$;

-- database setting default_tablespace | database-setting | one | name: default_tablespace
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_tablespace = bench_space', current_database()); END $do$;

-- database setting check_function_bodies | database-setting | one | name: check_function_bodies
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET check_function_bodies = off', current_database()); END $do$;

-- database setting transform_null_equals | database-setting | one | name: transform_null_equals
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET transform_null_equals = on', current_database()); END $do$;

-- database setting array_nulls | database-setting | one | name: array_nulls
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET array_nulls = off', current_database()); END $do$;

-- database setting default_text_search_config | database-setting | one | name: default_text_search_config
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_text_search_config = simple', current_database()); END $do$;

-- database setting work_mem | database-setting | one | name: work_mem
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''64kB''', current_database()); END $do$;

-- database setting enable_indexscan | database-setting | one | name: enable_indexscan
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_indexscan = off', current_database()); END $do$;

-- role setting search_path | role-setting | one | name: search_path
DO $do$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET search_path = pg_catalog', current_database()); END $do$;

-- role setting TimeZone | role-setting | one | name: TimeZone
DO $do$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database()); END $do$;

-- role setting default_transaction_read_only | role-setting | one | name: default_transaction_read_only
DO $do$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET default_transaction_read_only = on', current_database()); END $do$;

-- role setting default_transaction_isolation | role-setting | one | name: default_transaction_isolation
DO $do$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $do$;

-- role setting statement_timeout | role-setting | one | name: statement_timeout
DO $do$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET statement_timeout = 60000', current_database()); END $do$;

-- role setting lock_timeout | role-setting | one | name: lock_timeout
DO $do$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET lock_timeout = 60000', current_database()); END $do$;

-- database collation of another version | database-collation-version | one
UPDATE pg_database SET datcollversion = '0.bench' WHERE datname = current_database();

-- database closed to PUBLIC | database-privileges | one
--   | here: who may do what with a database is set in each environment: monps-db roles
DO $do$ BEGIN EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $do$;

-- database open for new schemas | database-privileges | one
--   | here: who may do what with a database is set in each environment: monps-db roles
DO $do$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database()); END $do$;

-- database owner | database-owner | one
--   | here: who may do what with a database is set in each environment: monps-db roles
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO bench_stranger', current_database()); END $do$;

-- alembic_version empty | version-empty | one | name: alembic_version
--   | lost: people decide which revision the schema is at
DELETE FROM public.alembic_version;

-- alembic_version with two rows | version-rows revision-unknown | one | name: bench
--   | lost: people decide which revision the schema is at
INSERT INTO public.alembic_version VALUES ('bench');

-- alembic_version of nobody | revision-unknown | one | name: bench
--   | lost: people decide which revision the schema is at
UPDATE public.alembic_version SET version_num = 'bench';
