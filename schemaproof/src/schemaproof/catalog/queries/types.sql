-- Enum, composite, range, domain and base types, each with the statement that creates it. The row
-- type of a table, array types and multirange types are created together with the object that they
-- belong to.
SELECT
    'pg_type'::regclass::text AS catalog,
    t.oid,
    n.nspname AS schema,
    CASE t.typtype
        WHEN 'e' THEN 'enum'
        WHEN 'c' THEN 'composite-type'
        WHEN 'd' THEN 'domain'
        WHEN 'r' THEN 'range-type'
        ELSE 'base-type'
    END AS kind,
    quote_ident(t.typname) AS name,
    CASE t.typtype
        WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname, (
            SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum AS e
            WHERE e.enumtypid = t.oid
        ))
        WHEN 'c' THEN format('CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname, (
            SELECT string_agg(
                quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                || CASE
                    WHEN a.attcollation <> at.typcollation
                        THEN format(' COLLATE %I.%I', cn.nspname, co.collname)
                    ELSE ''
                END,
                ', ' ORDER BY a.attnum
            )
            FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_type AS at ON at.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
            LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        )) || coalesce((
            SELECT string_agg(
                format(
                    E';\nCOMMENT ON COLUMN %I.%I.%I IS %L', n.nspname, t.typname, a.attname, d.description
                ),
                '' ORDER BY a.attnum
            )
            FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_description AS d
                ON d.classoid = 'pg_catalog.pg_class'::regclass
                AND d.objoid = a.attrelid
                AND d.objsubid = a.attnum
            WHERE a.attrelid = t.typrelid AND a.attnum > 0
        ), '')
        WHEN 'd' THEN format(
            'CREATE DOMAIN %I.%I AS %s%s',
            n.nspname,
            t.typname,
            format_type(t.typbasetype, t.typtypmod),
            CASE
                WHEN t.typcollation <> base.typcollation THEN (
                    SELECT format(' COLLATE %I.%I', cn.nspname, co.collname)
                    FROM pg_catalog.pg_collation AS co
                    JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                    WHERE co.oid = t.typcollation
                )
            END
        )
        || coalesce(format(E';\nALTER DOMAIN %I.%I SET DEFAULT ', n.nspname, t.typname) || t.typdefault, '')
        || CASE
            WHEN t.typnotnull THEN format(E';\nALTER DOMAIN %I.%I SET NOT NULL', n.nspname, t.typname)
            ELSE ''
        END
        || coalesce((
            SELECT string_agg(
                format(
                    E';\nALTER DOMAIN %I.%I ADD CONSTRAINT %I %s',
                    n.nspname, t.typname, con.conname, pg_get_constraintdef(con.oid)
                )
                || coalesce(
                    format(E';\nCOMMENT ON CONSTRAINT %I ON DOMAIN %I.%I IS ', con.conname, n.nspname, t.typname)
                    || quote_literal(obj_description(con.oid, 'pg_constraint')),
                    ''
                ),
                '' ORDER BY con.conname COLLATE "C"
            )
            FROM pg_catalog.pg_constraint AS con
            WHERE con.contypid = t.oid AND con.contype = 'c'
        ), '')
        WHEN 'r' THEN (
            SELECT format(
                'CREATE TYPE %I.%I AS RANGE (%s)',
                n.nspname,
                t.typname,
                concat_ws(
                    ', ',
                    'SUBTYPE = ' || format_type(r.rngsubtype, NULL),
                    CASE
                        WHEN NOT oc.opcdefault
                            THEN format('SUBTYPE_OPCLASS = %s.%I', oc.opcnamespace::regnamespace, oc.opcname)
                    END,
                    CASE
                        WHEN r.rngcollation <> st.typcollation THEN (
                            SELECT format('COLLATION = %I.%I', cn.nspname, co.collname)
                            FROM pg_catalog.pg_collation AS co
                            JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                            WHERE co.oid = r.rngcollation
                        )
                    END,
                    'CANONICAL = ' || NULLIF(CAST(r.rngcanonical AS text), '-'),
                    'SUBTYPE_DIFF = ' || NULLIF(CAST(r.rngsubdiff AS text), '-'),
                    'MULTIRANGE_TYPE_NAME = ' || format_type(r.rngmultitypid, NULL)
                )
            )
            FROM pg_catalog.pg_range AS r
            JOIN pg_catalog.pg_opclass AS oc ON oc.oid = r.rngsubopc
            JOIN pg_catalog.pg_type AS st ON st.oid = r.rngsubtype
            WHERE r.rngtypid = t.oid
        )
        ELSE format(
            'CREATE TYPE %I.%I (%s)',
            n.nspname,
            t.typname,
            concat_ws(
                ', ',
                'INPUT = ' || NULLIF(CAST(t.typinput AS text), '-'),
                'OUTPUT = ' || NULLIF(CAST(t.typoutput AS text), '-'),
                'RECEIVE = ' || NULLIF(CAST(t.typreceive AS text), '-'),
                'SEND = ' || NULLIF(CAST(t.typsend AS text), '-'),
                'TYPMOD_IN = ' || NULLIF(CAST(t.typmodin AS text), '-'),
                'TYPMOD_OUT = ' || NULLIF(CAST(t.typmodout AS text), '-'),
                'ANALYZE = ' || NULLIF(CAST(t.typanalyze AS text), '-'),
                'SUBSCRIPT = ' || NULLIF(CAST(t.typsubscript AS text), '-'),
                'INTERNALLENGTH = ' || t.typlen,
                CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
                'ALIGNMENT = ' || CAST(t.typalign AS text),
                'STORAGE = ' || CAST(t.typstorage AS text),
                'CATEGORY = ' || quote_literal(CAST(t.typcategory AS text)),
                CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
                'DEFAULT = ' || quote_literal(t.typdefault),
                'ELEMENT = ' || format_type(NULLIF(t.typelem, 0), NULL),
                'DELIMITER = ' || quote_literal(CAST(t.typdelim AS text)),
                CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END,
                CASE WHEN NOT t.typisdefined THEN 'shell' END
            )
        )
    END AS definition,
    CAST(NULL AS text) AS enabled,
    false AS inherited,
    obj_description(t.oid, 'pg_type') AS comment
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type AS base ON base.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
WHERE t.typnamespace = ANY (CAST(:schema_oids AS oid[]))
    AND (
        t.typtype IN ('e', 'd', 'r')
        OR (t.typtype = 'c' AND c.relkind = 'c')
        OR (
            t.typtype = 'b'
            AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_type AS el WHERE el.oid = t.typelem AND el.typarray = t.oid
            )
        )
        OR (t.typtype = 'p' AND NOT t.typisdefined)
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_type'::regclass
            AND d.objid = t.oid
            AND d.deptype IN ('e', 'i')
    )
ORDER BY n.nspname, t.typname;
