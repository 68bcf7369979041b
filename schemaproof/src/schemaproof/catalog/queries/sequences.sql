-- pg_depend contains the owner of a sequence, with 'a' for serial and OWNED BY, and 'i' for an
-- identity. With 'e' the sequence belongs to an extension.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    format_type(s.seqtypid, NULL) AS type,
    s.seqstart AS start,
    s.seqincrement AS increment,
    s.seqmin AS minimum,
    s.seqmax AS maximum,
    s.seqcache AS cache,
    s.seqcycle AS cycle,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
    comment.description AS comment,
    owner.oid AS owner,
    owner_schema.nspname AS owner_schema,
    owner.relname AS owner_relation,
    (
        SELECT a.attname
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    ) AS owner_column
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend AS d
    ON d.classid = 'pg_catalog.pg_class'::regclass
    AND d.objid = c.oid
    AND d.objsubid = 0
    AND d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_class AS owner ON owner.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace AS owner_schema ON owner_schema.oid = owner.relnamespace
LEFT JOIN pg_catalog.pg_description AS comment
    ON comment.classoid = 'pg_catalog.pg_class'::regclass
    AND comment.objoid = c.oid
    AND comment.objsubid = 0
WHERE c.relnamespace = ANY (CAST(:schema_oids AS oid[]))
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS e
        WHERE e.classid = 'pg_catalog.pg_class'::regclass
            AND e.objid = c.oid
            AND e.deptype = 'e'
    );
