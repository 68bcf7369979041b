"""Changes to functions, procedures and aggregates."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

FUNCTION: Final = "routine WHERE kind = 'f'"
CODE: Final = "routine WHERE kind IN ('f', 'p') AND language IN ('sql', 'plpgsql')"
DEFINITION: Final = "{}-definition {}-changed"

KINDS: Final = (
    Kind("routine dropped", "routine", "format('DROP %s %s CASCADE', word, ref)", "{}-missing"),
    Kind(
        "routine renamed",
        "routine",
        "format('ALTER %s %s RENAME TO bench_new', word, ref)",
        "{}-missing {}-renamed",
    ),
    Kind(
        "function added",
        "mine WHERE managed",
        "format('CREATE FUNCTION %s.bench_new() RETURNS integer LANGUAGE sql AS ''SELECT 1''',"
        " ref)",
        "function-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "procedure added",
        "mine WHERE managed",
        "format('CREATE PROCEDURE %s.bench_new() LANGUAGE sql AS ''SELECT 1''', ref)",
        "function-unexpected procedure-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "aggregate added",
        "mine WHERE managed",
        "format('CREATE AGGREGATE %s.bench_new(integer) (sfunc = int4larger, stype ="
        " integer)', ref)",
        "function-unexpected aggregate-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "function overloaded",
        f"{FUNCTION} AND managed AND result <> 'trigger' AND result <> 'event_trigger'",
        "format('CREATE FUNCTION %s.%s(a1 point, a2 point, a3 point) RETURNS integer LANGUAGE sql"
        " AS ''SELECT 1''', schema_ref, quoted)",
        "function-unexpected",
        lost=UNMODELLED,
    ),
    Kind(
        "routine with another body",
        f"{CODE} AND body <> '' AND result <> 'void'",
        "CASE language WHEN 'sql' THEN replace(def, body, 'SELECT NULL::' || result || ' -- bench')"
        " ELSE replace(def, body, replace(body, 'BEGIN', 'BEGIN PERFORM 1;')) END",
        DEFINITION,
    ),
    Kind(
        "routine with another space in its body",
        f"{CODE} AND body <> ''",
        "replace(def, body, body || ' ')",
        DEFINITION,
    ),
    Kind(
        "function's body of SQL standard changed",
        f"{FUNCTION} AND language = 'sql' AND body = ''",
        "replace(def, ' + ', ' - ')",
        DEFINITION,
    ),
    Kind(
        "function volatility",
        FUNCTION,
        "format('ALTER FUNCTION %s %s', ref,"
        " CASE volatility WHEN 'v' THEN 'STABLE' ELSE 'VOLATILE' END)",
        f"{DEFINITION} {{}}-volatility",
    ),
    Kind(
        "function strictness",
        FUNCTION,
        "format('ALTER FUNCTION %s %s', ref,"
        " CASE WHEN strict THEN 'CALLED ON NULL INPUT' ELSE 'STRICT' END)",
        f"{DEFINITION} {{}}-strict",
    ),
    Kind(
        "routine security",
        CODE,
        "format('ALTER %s %s SECURITY %s', word, ref, CASE WHEN definer THEN 'INVOKER' ELSE"
        " 'DEFINER' END)",
        f"{DEFINITION} {{}}-security",
    ),
    Kind(
        "function leakproof",
        FUNCTION,
        "format('ALTER FUNCTION %s %s', ref, CASE WHEN leakproof THEN 'NOT LEAKPROOF' ELSE"
        " 'LEAKPROOF' END)",
        f"{DEFINITION} {{}}-leakproof",
    ),
    Kind(
        "function parallel safety",
        FUNCTION,
        "format('ALTER FUNCTION %s PARALLEL %s', ref, CASE parallel WHEN 'u' THEN 'SAFE' ELSE"
        " 'UNSAFE' END)",
        f"{DEFINITION} {{}}-parallel",
    ),
    Kind(
        "function cost",
        FUNCTION,
        "format('ALTER FUNCTION %s COST 4242', ref)",
        f"{DEFINITION} {{}}-cost",
    ),
    Kind(
        "function rows",
        f"{FUNCTION} AND setof",
        "format('ALTER FUNCTION %s ROWS 4242', ref)",
        f"{DEFINITION} {{}}-rows",
    ),
    Kind(
        "routine setting added",
        CODE,
        "format('ALTER %s %s SET work_mem = ''9MB''', word, ref)",
        f"{DEFINITION} {{}}-settings {{}}-config",
    ),
    Kind(
        "routine setting removed",
        "routine WHERE config IS NOT NULL",
        "format('ALTER %s %s RESET ALL', word, ref)",
        f"{DEFINITION} {{}}-settings {{}}-config",
    ),
    Kind(
        "routine's default of an argument",
        "routine WHERE defaults > 0 AND def ~ 'DEFAULT [0-9.]+'",
        "regexp_replace(def, 'DEFAULT [0-9.]+', 'DEFAULT 4')",
        DEFINITION,
    ),
    Kind(
        "function returns something else",
        f"{FUNCTION} AND result IN ('text', 'numeric') AND NOT setof AND language = 'sql'",
        "format('DROP FUNCTION %s CASCADE; %s', ref, regexp_replace(def, 'RETURNS \\w+',"
        " 'RETURNS ' || CASE result WHEN 'text' THEN 'varchar' ELSE 'float8' END))",
        f"{DEFINITION} {{}}-result {{}}-missing",
    ),
    Kind(
        "function with other names of arguments",
        f"{FUNCTION} AND arguments IS NOT NULL AND ref ~ '\\(a '",
        "format('DROP FUNCTION %s CASCADE; %s', ref, regexp_replace(replace(def, '(a ', '(first '),"
        " 'a \\+', 'first +'))",
        f"{DEFINITION} {{}}-missing {{}}-arguments",
    ),
    Kind(
        "function in another language",
        f"{FUNCTION} AND language = 'plpgsql' AND result NOT IN ('event_trigger')",
        "replace(def, 'LANGUAGE plpgsql', 'LANGUAGE zoo_language')",
        f"{DEFINITION} {{}}-language",
    ),
    Kind(
        "aggregate changed",
        "routine WHERE kind = 'a'",
        "format('DROP AGGREGATE %s; CREATE AGGREGATE %s (sfunc = int4pl, stype = integer,"
        " initcond = ''7'', parallel = safe)', ref, ref)",
        DEFINITION,
    ),
    Kind(
        "routine owner",
        "routine",
        "format('ALTER %s %s OWNER TO bench_stranger', word, ref)",
        "{}-owner",
    ),
    Kind(
        "routine granted to another role",
        "routine",
        "format('GRANT EXECUTE ON ROUTINE %s TO bench_stranger', ref)",
        "{}-privileges",
    ),
    Kind(
        "routine revoked from PUBLIC",
        "routine WHERE acl IS NULL",
        "format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', ref)",
        "{}-privileges",
    ),
    Kind(
        "routine granted to PUBLIC again",
        "routine WHERE acl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(acl) WHERE"
        " grantee = 0)",
        "format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', ref)",
        "{}-privileges",
    ),
    Kind(
        "routine comment set",
        "routine WHERE comment IS NULL",
        "format('COMMENT ON %s %s IS ''it''''s new''', word, ref)",
        "{}-comment",
    ),
    Kind(
        "routine comment removed",
        "routine WHERE comment IS NOT NULL",
        "format('COMMENT ON %s %s IS NULL', word, ref)",
        "{}-comment",
    ),
)
