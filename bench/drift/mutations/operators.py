"""Changes to casts, operators, operator classes and families, conversions, languages."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

CAST: Final = (
    "(SELECT c.*, format('(%s AS %s)', castsource::regtype, casttarget::regtype) AS ref,"
    # The target has several names: int4 and integer.
    " ARRAY[(SELECT typname FROM pg_type WHERE oid = castsource)]::text[] AS names,"
    " 'cast' AS code, castfunc::regprocedure AS called"
    " FROM pg_cast AS c WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE objid ="
    " c.oid"
    " AND deptype = 'i')) AS cast_"
)
OPERATOR: Final = (
    "(SELECT o.*, format('%s.%s (%s, %s)', mine.ref, oprname, oprleft::regtype,"
    " oprright::regtype) AS ref,"
    " format('%s.%s', mine.ref, oprname) AS plain, ARRAY[mine.schema, oprname]::text[] AS names,"
    " 'operator' AS code, oprcode::regproc AS called, oprleft::regtype AS left_,"
    " oprright::regtype AS right_"
    " FROM pg_operator AS o JOIN mine ON mine.oid = oprnamespace) AS op"
)
CLASS: Final = (
    "(SELECT c.oid, format('%I.%I USING %I', mine.schema, opcname, amname) AS ref,"
    " 'operator-class' AS code,"
    " ARRAY[mine.schema, opcname]::text[] AS names, mine.schema, format('%I', opcname) AS quoted"
    " FROM pg_opclass AS c JOIN mine ON mine.oid = opcnamespace JOIN pg_am ON pg_am.oid ="
    " opcmethod) AS class"
)
FAMILY: Final = (
    "(SELECT f.oid, format('%I.%I USING %I', mine.schema, opfname, amname) AS ref,"
    " 'operator-family' AS code,"
    " ARRAY[mine.schema, opfname]::text[] AS names FROM pg_opfamily AS f"
    " JOIN mine ON mine.oid = opfnamespace JOIN pg_am ON pg_am.oid = opfmethod) AS family"
)
CONVERSION: Final = (
    "(SELECT c.oid, format('%I.%I', mine.schema, conname) AS ref, ARRAY[mine.schema,"
    " conname]::text[] AS names,"
    " 'conversion' AS code FROM pg_conversion AS c JOIN mine ON mine.oid = connamespace) AS"
    " conversion"
)
LANGUAGE: Final = (
    "(SELECT format('%I', lanname) AS ref, ARRAY[lanname]::text[] AS names, 'language' AS"
    " code, lanplcallfoid, laninline, lanvalidator, lanpltrusted"
    " FROM pg_language WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend"
    " WHERE objid = pg_language.oid AND deptype = 'e')) AS language"
)

CASTS: Final = (
    Kind("cast dropped", CAST, "format('DROP CAST %s', ref)", "cast-missing"),
    Kind(
        "cast made implicit",
        CAST,
        "format('DROP CAST %s; CREATE CAST %s %s AS IMPLICIT', ref, ref,"
        " CASE castmethod WHEN 'i' THEN 'WITH INOUT' ELSE 'WITH FUNCTION ' || called END)",
        "cast-definition cast-changed cast-context",
    ),
    Kind(
        "cast by another way",
        f"{CAST} WHERE castmethod = 'f'",
        "format('CREATE FUNCTION public.bench_cast(%s) RETURNS %s LANGUAGE sql AS ''SELECT 7'';"
        " DROP CAST %s; CREATE CAST %s WITH FUNCTION public.bench_cast(%s) AS ASSIGNMENT',"
        " castsource::regtype, casttarget::regtype, ref, ref, castsource::regtype)",
        "cast-definition cast-changed cast-function",
    ),
    Kind(
        "cast added between our types",
        "typ WHERE kind = 'e'",
        "format('CREATE CAST (%s AS json) WITH INOUT', ref)",
        "cast-unexpected",
        names="ARRAY[name]",
    ),
    Kind("cast comment", CAST, "format('COMMENT ON CAST %s IS ''changed''', ref)", "cast-comment"),
)

OPERATORS: Final = (
    Kind("operator dropped", OPERATOR, "format('DROP OPERATOR %s', ref)", "operator-missing"),
    Kind(
        "operator's estimators",
        OPERATOR,
        "format('ALTER OPERATOR %s SET (RESTRICT = NONE, JOIN = NONE)', ref)",
        "operator-definition operator-changed",
    ),
    Kind(
        "operator calls another function",
        OPERATOR,
        "format('DROP OPERATOR %s; CREATE OPERATOR %s (FUNCTION = pg_catalog.box_eq, LEFTARG = %s,"
        " RIGHTARG = %s, RESTRICT = eqsel, JOIN = eqjoinsel)', ref, plain, left_, right_)",
        "operator-definition operator-changed",
    ),
    Kind(
        "operator owner",
        OPERATOR,
        "format('ALTER OPERATOR %s OWNER TO bench_stranger', ref)",
        "operator-owner",
    ),
    Kind(
        "operator added",
        "mine WHERE managed",
        "format('CREATE OPERATOR %s.<~~~> (FUNCTION = pg_catalog.int4eq, LEFTARG = int4,"
        " RIGHTARG = int4)', ref)",
        "operator-unexpected",
        names="names || '<~~~>'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "operator comment",
        OPERATOR,
        "format('COMMENT ON OPERATOR %s IS NULL', ref)",
        "operator-comment",
    ),
)

CLASSES: Final = (
    Kind(
        "operator class dropped",
        CLASS,
        "format('DROP OPERATOR CLASS %s CASCADE', ref)",
        "operator-class-missing",
    ),
    Kind(
        "operator class renamed",
        CLASS,
        "format('ALTER OPERATOR CLASS %s RENAME TO bench_new', ref)",
        "operator-class-missing operator-class-renamed",
    ),
    Kind(
        "operator class added",
        "mine WHERE managed",
        "format('CREATE OPERATOR CLASS %s.bench_new FOR TYPE int8 USING hash AS OPERATOR 1 =,"
        " FUNCTION 1 hashint8(int8)', ref)",
        "operator-class-unexpected operator-family-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "operator class owner",
        CLASS,
        "format('ALTER OPERATOR CLASS %s OWNER TO bench_stranger', ref)",
        "operator-class-owner",
    ),
    Kind(
        "operator class comment",
        CLASS,
        "format('COMMENT ON OPERATOR CLASS %s IS NULL', ref)",
        "operator-class-comment",
    ),
    Kind(
        "operator family dropped",
        FAMILY,
        "format('DROP OPERATOR FAMILY %s CASCADE', ref)",
        "operator-family-missing",
    ),
    Kind(
        "operator family with another operator",
        FAMILY,
        "format('ALTER OPERATOR FAMILY %s ADD OPERATOR 1 > (int4, int8)', ref)",
        "operator-family-definition operator-family-changed operator-family-members",
    ),
    Kind(
        "operator family owner",
        FAMILY,
        "format('ALTER OPERATOR FAMILY %s OWNER TO bench_stranger', ref)",
        "operator-family-owner",
    ),
    Kind(
        "operator family comment",
        FAMILY,
        "format('COMMENT ON OPERATOR FAMILY %s IS NULL', ref)",
        "operator-family-comment",
    ),
)

OTHERS: Final = (
    Kind(
        "conversion dropped", CONVERSION, "format('DROP CONVERSION %s', ref)", "conversion-missing"
    ),
    Kind(
        "conversion made a default",
        CONVERSION,
        "format('DROP CONVERSION %s; CREATE DEFAULT CONVERSION %s FOR ''LATIN1'' TO ''UTF8''"
        " FROM iso8859_1_to_utf8', ref, ref)",
        "conversion-definition conversion-changed conversion-default",
    ),
    Kind(
        "conversion owner",
        CONVERSION,
        "format('ALTER CONVERSION %s OWNER TO bench_stranger', ref)",
        "conversion-owner",
    ),
    Kind(
        "language dropped", LANGUAGE, "format('DROP LANGUAGE %s CASCADE', ref)", "language-missing"
    ),
    Kind(
        "language made trusted",
        f"{LANGUAGE} WHERE NOT lanpltrusted",
        "format('CREATE OR REPLACE TRUSTED LANGUAGE %s HANDLER %s INLINE %s VALIDATOR %s', ref,"
        " lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc)",
        "language-definition language-changed language-trusted",
    ),
    Kind(
        "language owner",
        LANGUAGE,
        "format('ALTER LANGUAGE %s OWNER TO bench_stranger', ref)",
        "language-owner",
    ),
)

KINDS: Final = (*CASTS, *OPERATORS, *CLASSES, *OTHERS)
