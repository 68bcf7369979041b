@{begin};
-- Roles with the least privileges in one database: run it there as a superuser, before the first upgrade or
-- after any. Running it again changes nothing. Set passwords afterwards, in psql: \password @{migrator}
--
--   @{owner}  owns what upgrades create; nobody logs in as this role
--   @{migrator}  logs in to migrate, and acts as the owner
--   @{application}  reads and writes rows, and cannot change the schema
--   @{readonly}  reads

BEGIN;
@{begin_transaction};

-- If the version table and the ledger exist, the script changes their owner below.
@{hold};

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[@{role_names}] LOOP
        IF to_regrole(quote_ident(wanted)) IS NULL THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END
$$;

ALTER ROLE @{owner} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- Because of NOINHERIT, the migrator has the owner's privileges only while it acts as the owner.
ALTER ROLE @{migrator} LOGIN NOINHERIT
    NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE @{application} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE @{readonly} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT @{owner} TO @{migrator};

DO $$
BEGIN
    -- The owner needs CREATE, because a revision creates a schema if it does not exist yet.
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO @{owner}',
        current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO @{migrator}, @{application}, @{readonly}',
        current_database());
    -- Objects that the migrator creates belong to the owner. The ledger still records the name of
    -- the migrator.
    EXECUTE format('ALTER ROLE @{migrator} IN DATABASE %I SET role = %L',
        current_database(), @{owner_name});
    EXECUTE format('ALTER ROLE @{readonly} IN DATABASE %I SET default_transaction_read_only = on',
        current_database());
END
$$;

-- On objects that the owner will create, the application may read and write rows, and the other role
-- may read.
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner}
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO @{application};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT USAGE, SELECT ON SEQUENCES TO @{application};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT SELECT ON TABLES TO @{readonly};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT SELECT ON SEQUENCES TO @{readonly};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT EXECUTE ON FUNCTIONS TO @{application};

-- Managed schemas are created here if they do not exist, without privileges for PUBLIC. Shared
-- schemas belong to other roles. Since PostgreSQL 15, PUBLIC has no CREATE on public.
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY[@{managed}]::text[] LOOP
        IF to_regnamespace(quote_ident(one)) IS NULL THEN
            EXECUTE format('CREATE SCHEMA %I AUTHORIZATION @{owner}', one);
        END IF;
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY[@{managed_and_shared}]::text[] LOOP
        EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO @{owner}', one);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO @{application}, @{readonly}', one);
        EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', one);
    END LOOP;
END
$$;

-- The version table is created before Alembic does, so that the application can only read it.
DO $$
BEGIN
    IF to_regclass(@{version_table_text}) IS NULL THEN
        CREATE TABLE @{version_table} (
            version_num varchar(32) NOT NULL,
            CONSTRAINT @{version_table_key} PRIMARY KEY (version_num)
        );
    END IF;
END
$$;
ALTER TABLE @{version_table} OWNER TO @{owner};
REVOKE ALL ON @{version_table} FROM PUBLIC, @{application}, @{readonly};
GRANT SELECT ON @{version_table} TO @{application}, @{readonly};

-- The ledger is created by the same statement as in a migration.
@{create_ledger};
ALTER TABLE @{ledger} OWNER TO @{owner};
REVOKE ALL ON @{ledger} FROM PUBLIC, @{application}, @{readonly};
GRANT SELECT ON @{ledger} TO @{application}, @{readonly};

-- Objects that upgrades have created here get the new owner. Objects that existed before are not
-- changed.
DO $$
DECLARE
    created record;
BEGIN
    FOR created IN
        SELECT
            split_part(object.name, ' ', 1) AS kind,
            substr(object.name, strpos(object.name, ' ') + 1) AS name
        FROM (
            @{created}
        ) AS object
    LOOP
        IF created.kind = 'schema' AND to_regnamespace(created.name) IS NOT NULL THEN
            EXECUTE format('ALTER SCHEMA %s OWNER TO @{owner}', created.name);
        ELSIF created.kind IN ('table', 'view') AND to_regclass(created.name) IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %s OWNER TO @{owner}', created.name);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO @{application}',
                created.name);
            EXECUTE format('GRANT SELECT ON %s TO @{readonly}', created.name);
        ELSIF created.kind = 'sequence' AND to_regclass(created.name) IS NOT NULL THEN
            -- A sequence that belongs to a column already has the owner of its table.
            IF NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend
                WHERE classid = 'pg_catalog.pg_class'::regclass
                    AND objid = to_regclass(created.name)
                    AND deptype IN ('a', 'i')
            ) THEN
                EXECUTE format('ALTER SEQUENCE %s OWNER TO @{owner}', created.name);
            END IF;
            EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO @{application}', created.name);
            EXECUTE format('GRANT SELECT ON SEQUENCE %s TO @{readonly}', created.name);
        END IF;
    END LOOP;
END
$$;

-- Tables of other roles that the owner has to read.
DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY[@{sources}]::text[] LOOP
        IF to_regclass(source) IS NOT NULL THEN
            EXECUTE format('GRANT SELECT ON %s TO @{owner}', source::regclass);
        END IF;
    END LOOP;
END
$$;

COMMIT;
@{end};
