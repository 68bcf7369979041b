-- The dependencies of objects (pg_depend), each with the object that it is a part of. The row type
-- and the array type of a table count as the table, a default as the default of its column, the rule
-- _RETURN as its view, a trigger that enforces a constraint as the constraint, operators of an
-- operator class as the class, and a table of a publication as the publication. Objects of an
-- extension have no dependencies of their own here.
WITH parts AS (
    SELECT 'pg_type'::regclass AS class, t.oid, 'pg_class'::regclass AS of_class, c.oid AS of_oid, CAST(0 AS smallint) AS number
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    WHERE c.relkind <> 'c'
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 'pg_type'::regclass, c.reltype, CAST(0 AS smallint)
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind = 'c'
    UNION ALL
    SELECT 'pg_type'::regclass, t.typarray,
        CASE WHEN c.relkind <> 'c' THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END,
        CASE WHEN c.relkind <> 'c' THEN c.oid ELSE coalesce(r.rngtypid, t.oid) END, CAST(0 AS smallint)
    FROM pg_catalog.pg_type AS t
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    LEFT JOIN pg_catalog.pg_range AS r ON r.rngmultitypid = t.oid
    WHERE t.typarray <> 0
    UNION ALL
    SELECT 'pg_type'::regclass, r.rngmultitypid, 'pg_type'::regclass, r.rngtypid, CAST(0 AS smallint)
    FROM pg_catalog.pg_range AS r
    UNION ALL
    SELECT 'pg_rewrite'::regclass, r.oid, 'pg_class'::regclass, r.ev_class, CAST(0 AS smallint)
    FROM pg_catalog.pg_rewrite AS r
    WHERE r.rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid,
        CASE WHEN a.attgenerated = '' THEN 'pg_attrdef'::regclass ELSE 'pg_class'::regclass END,
        d.adrelid, d.adnum
    FROM pg_catalog.pg_attrdef AS d
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid, 'pg_constraint'::regclass, t.tgconstraint, CAST(0 AS smallint)
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgisinternal
    UNION ALL
    SELECT 'pg_constraint'::regclass, t.tgconstraint, 'pg_trigger'::regclass, t.oid, CAST(0 AS smallint)
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_constraint AS c ON c.oid = t.tgconstraint
    WHERE NOT t.tgisinternal AND c.contype = 't'
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 'pg_type'::regclass, c.contypid, CAST(0 AS smallint)
    FROM pg_catalog.pg_constraint AS c
    WHERE c.contypid <> 0
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 'pg_class'::regclass, c.conrelid, c.conkey[1]
    FROM pg_catalog.pg_constraint AS c
    WHERE c.contype = 'n' AND c.conrelid <> 0
    UNION ALL
    SELECT d.classid, d.objid, d.refclassid, coalesce(r.rngtypid, d.refobjid), CAST(0 AS smallint)
    FROM pg_catalog.pg_depend AS d
    LEFT JOIN pg_catalog.pg_range AS r ON r.rngmultitypid = d.refobjid
    WHERE d.deptype = 'i'
        AND (
            (d.classid IN ('pg_proc'::regclass, 'pg_cast'::regclass) AND d.refclassid = 'pg_type'::regclass)
            OR (d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass) AND d.refclassid = 'pg_opclass'::regclass)
        )
    UNION ALL
    SELECT 'pg_publication_rel'::regclass, p.oid, 'pg_publication'::regclass, p.prpubid, CAST(0 AS smallint)
    FROM pg_catalog.pg_publication_rel AS p
    UNION ALL
    SELECT 'pg_publication_namespace'::regclass, p.oid, 'pg_publication'::regclass, p.pnpubid, CAST(0 AS smallint)
    FROM pg_catalog.pg_publication_namespace AS p
    UNION ALL
    SELECT 'pg_amop'::regclass, o.oid, 'pg_opfamily'::regclass, o.amopfamily, CAST(0 AS smallint)
    FROM pg_catalog.pg_amop AS o
    WHERE o.oid NOT IN (
        SELECT d.objid FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_amop'::regclass AND d.deptype = 'i' AND d.refclassid = 'pg_opclass'::regclass
    )
    UNION ALL
    SELECT 'pg_amproc'::regclass, o.oid, 'pg_opfamily'::regclass, o.amprocfamily, CAST(0 AS smallint)
    FROM pg_catalog.pg_amproc AS o
    WHERE o.oid NOT IN (
        SELECT d.objid FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_amproc'::regclass AND d.deptype = 'i' AND d.refclassid = 'pg_opclass'::regclass
    )
)

SELECT DISTINCT
    coalesce(dependent.of_class, d.classid)::text AS catalog,
    coalesce(dependent.of_oid, d.objid) AS oid,
    a.attname AS column,
    coalesce(referred.of_class, d.refclassid)::text AS on_catalog,
    coalesce(referred.of_oid, d.refobjid) AS on_oid,
    b.attname AS on_column,
    d.deptype IN ('P', 'S') AS of_partition,
    CASE
        WHEN dependent.of_class <> 'pg_attrdef'::regclass
            THEN pg_describe_object(dependent.of_class, dependent.of_oid, dependent.number)
        ELSE pg_describe_object(d.classid, d.objid, d.objsubid)
    END AS described
FROM pg_catalog.pg_depend AS d
LEFT JOIN parts AS dependent ON dependent.class = d.classid AND dependent.oid = d.objid
LEFT JOIN parts AS referred ON referred.class = d.refclassid AND referred.oid = d.refobjid
LEFT JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = coalesce(dependent.of_oid, d.objid)
    AND a.attnum = coalesce(dependent.number, d.objsubid)
    AND a.attnum <> 0
    AND (d.classid = 'pg_class'::regclass OR dependent.number <> 0)
LEFT JOIN pg_catalog.pg_attribute AS b
    ON b.attrelid = coalesce(referred.of_oid, d.refobjid)
    AND b.attnum = coalesce(referred.number, d.refobjsubid)
    AND b.attnum <> 0
    AND (d.refclassid = 'pg_class'::regclass OR referred.number <> 0)
WHERE d.objid >= 16384
    AND d.refobjid >= 16384
    AND d.deptype IN ('n', 'a', 'i', 'P', 'S')
    AND (coalesce(dependent.of_class, d.classid), coalesce(dependent.of_oid, d.objid), coalesce(a.attnum, 0))
    <> (coalesce(referred.of_class, d.refclassid), coalesce(referred.of_oid, d.refobjid), coalesce(b.attnum, 0))
    -- A TOAST table counts as its table.
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_class AS toast
        WHERE d.classid = 'pg_class'::regclass AND toast.oid = d.objid AND toast.relkind = 't'
    );
