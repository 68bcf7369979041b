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

-- The version table and the ledger, where they are there, are handed over below.
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
-- Without INHERIT nothing of the owner's comes by itself, only by acting as the owner.
ALTER ROLE @{migrator} LOGIN NOINHERIT
    NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE @{application} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE @{readonly} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT @{owner} TO @{migrator};

DO $$
BEGIN
    -- CREATE: a revision makes a schema if it is not there yet, which needs the privilege anyway.
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO @{owner}',
        current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO @{migrator}, @{application}, @{readonly}',
        current_database());
    -- What the migrator creates belongs to the owner; the ledger still names who it was.
    EXECUTE format('ALTER ROLE @{migrator} IN DATABASE %I SET role = %L',
        current_database(), @{owner_name});
    EXECUTE format('ALTER ROLE @{readonly} IN DATABASE %I SET default_transaction_read_only = on',
        current_database());
END
$$;

-- What the owner will create: rows for the application, reading for the others.
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner}
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO @{application};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT USAGE, SELECT ON SEQUENCES TO @{application};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT SELECT ON TABLES TO @{readonly};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT SELECT ON SEQUENCES TO @{readonly};
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE @{owner} GRANT EXECUTE ON FUNCTIONS TO @{application};

-- Managed schemas: made here when they are not there, and nothing for PUBLIC. Shared schemas belong
-- to somebody else; PostgreSQL 15 and later begin without CREATE for PUBLIC.
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

-- Alembic's own table, before Alembic makes it: the application may read it and nothing else.
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

-- The ledger likewise: the next statement is the one with which a migration makes it.
@{create_ledger};
ALTER TABLE @{ledger} OWNER TO @{owner};
REVOKE ALL ON @{ledger} FROM PUBLIC, @{application}, @{readonly};
GRANT SELECT ON @{ledger} TO @{application}, @{readonly};

-- What upgrades have created here is handed over; what was there before them is not touched.
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
            -- One that belongs to a column has the owner of its table already.
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

-- What others own, and the owner has to read.
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
