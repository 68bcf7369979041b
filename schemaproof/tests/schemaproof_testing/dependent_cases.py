"""Objects that depend on a column, a function or a type, and their expected repair."""

MADE = "CREATE SCHEMA q; CREATE TABLE q.t (id integer PRIMARY KEY, c integer);"
FUNCTION = "CREATE FUNCTION q.{}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
ON_A_COLUMN = """
CREATE SCHEMA q;
CREATE TABLE q.t (
    id integer PRIMARY KEY, c integer,
    g integer GENERATED ALWAYS AS (c * 2) STORED
);
CREATE INDEX ix ON q.t (g) WHERE c > 3;
ALTER TABLE q.t ADD CONSTRAINT ck CHECK (c < 100);
ALTER TABLE q.t ENABLE ROW LEVEL SECURITY;
INSERT INTO q.t VALUES (1, 5), (2, 6);
CREATE FUNCTION q.fn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE STATISTICS q.st ON c, id FROM q.t;
"""
WHAT_DEPENDS = """
CREATE VIEW q.v AS SELECT c, g FROM q.t;
CREATE VIEW q.a_first AS SELECT c FROM q.v;
CREATE MATERIALIZED VIEW q.m AS SELECT c FROM q.v;
CREATE UNIQUE INDEX mi ON q.m (c);
CREATE POLICY po ON q.t USING (c > 0);
CREATE TRIGGER tr BEFORE UPDATE OF c ON q.t FOR EACH ROW WHEN (NEW.c > 0)
    EXECUTE FUNCTION q.fn();
CREATE RULE ru AS ON UPDATE TO q.t WHERE OLD.c = 5 DO INSTEAD NOTHING;
CREATE FUNCTION q.total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(c) FROM q.t; END;
CREATE VIEW q.of_total AS SELECT q.total() AS total;
CREATE PUBLICATION q_news FOR TABLE q.t (id, c) WHERE (c > 1);
"""
AWAY = """
DROP PUBLICATION q_news; DROP VIEW q.of_total; DROP FUNCTION q.total; DROP RULE ru ON q.t;
DROP TRIGGER tr ON q.t; DROP POLICY po ON q.t; DROP MATERIALIZED VIEW q.m;
DROP VIEW q.a_first; DROP VIEW q.v;
"""
ON_A_FUNCTION = """
CREATE SCHEMA q;
CREATE FUNCTION q.f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE TABLE q.t (id integer, c integer, note text);
INSERT INTO q.t VALUES (1, 2, 'x');
"""
USES_IT = """
ALTER TABLE q.t ALTER id SET DEFAULT q.f(1);
ALTER TABLE q.t ADD CONSTRAINT ck CHECK (q.f(c) > 0);
ALTER TABLE q.t ADD g integer GENERATED ALWAYS AS (q.f(c)) STORED;
CREATE INDEX ix ON q.t (q.f(id));
CREATE VIEW q.v AS SELECT q.f(id) AS x, g FROM q.t;
CREATE POLICY po ON q.t USING (q.f(id) > 0);
CREATE AGGREGATE q.last(integer) (SFUNC = q.pick, STYPE = integer);
CREATE DOMAIN q.d AS integer CHECK (q.f(VALUE) > 0);
"""
PICK = "CREATE FUNCTION q.pick(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT b';"
NOT_USED = """
DROP AGGREGATE q.last(integer); DROP DOMAIN q.d; DROP POLICY po ON q.t; DROP VIEW q.v;
DROP INDEX q.ix; ALTER TABLE q.t DROP g; ALTER TABLE q.t DROP CONSTRAINT ck;
ALTER TABLE q.t ALTER id DROP DEFAULT;
"""
ON_A_TYPE = """
CREATE SCHEMA q;
CREATE TYPE q.mood AS ENUM ('a', 'b');
CREATE TABLE q.t (
    id integer PRIMARY KEY, m q.mood DEFAULT 'a' CHECK (m <> 'b'), ms q.mood[]
);
INSERT INTO q.t VALUES (1, 'a', '{a,b}'), (2, NULL, NULL);
CREATE INDEX ix ON q.t (id) WHERE m = 'a';
CREATE VIEW q.v AS SELECT id, m FROM q.t WHERE m = 'a';
CREATE FUNCTION q.f(m q.mood) RETURNS q.mood LANGUAGE sql AS 'SELECT m';
CREATE TYPE q.pair AS (one q.mood, other integer);
CREATE DOMAIN q.good AS q.mood CHECK (VALUE <> 'b');
CREATE TABLE q.u (p q.pair, g q.good DEFAULT 'a');
INSERT INTO q.u VALUES (ROW('b', 1), 'a');
"""


def case(made: str, change: str) -> tuple[str, str]:
    """Return a case: the statements of the schema, and those of the change."""
    return made, change


CASES = {
    "type of a column": case(
        ON_A_COLUMN + WHAT_DEPENDS,
        f"{AWAY} ALTER TABLE q.t DROP g; ALTER TABLE q.t ALTER c TYPE bigint;"
        " ALTER TABLE q.t ADD g integer GENERATED ALWAYS AS (c * 2) STORED;"
        f" CREATE INDEX ix ON q.t (g) WHERE c > 3; {WHAT_DEPENDS}",
    ),
    "expression of a generated column": case(
        ON_A_COLUMN + WHAT_DEPENDS,
        f"{AWAY} ALTER TABLE q.t DROP g;"
        " ALTER TABLE q.t ADD g integer GENERATED ALWAYS AS (c * 3) STORED;"
        f" CREATE INDEX ix ON q.t (g) WHERE c > 3; {WHAT_DEPENDS}",
    ),
    "arguments of a function": case(
        ON_A_FUNCTION + PICK + USES_IT,
        f"{NOT_USED} DROP FUNCTION q.f; DROP FUNCTION q.pick;"
        " CREATE FUNCTION q.f(b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT b';"
        f" {PICK.replace('a integer', 'z integer')} {USES_IT}",
    ),
    "value of an enum": case(ON_A_TYPE, "ALTER TYPE q.mood ADD VALUE 'c'"),
    "base of a domain": case(
        "CREATE SCHEMA q; CREATE DOMAIN q.d AS integer;"
        " CREATE TABLE q.t (c q.d DEFAULT 3 CHECK (c <> 7)); INSERT INTO q.t VALUES (5);"
        " CREATE VIEW q.v AS SELECT c FROM q.t",
        "DROP VIEW q.v; ALTER TABLE q.t DROP CONSTRAINT t_c_check, ALTER c DROP DEFAULT,"
        " ALTER c TYPE text; DROP DOMAIN q.d; CREATE DOMAIN q.d AS text;"
        " ALTER TABLE q.t ALTER c TYPE q.d; CREATE VIEW q.v AS SELECT c FROM q.t",
    ),
    "attributes of a composite type": case(
        "CREATE SCHEMA q; CREATE TYPE q.c AS (a integer, b text);"
        " CREATE TABLE q.t (x q.c[], y q.c);"
        " INSERT INTO q.t VALUES (ARRAY[ROW(1, 'x')::q.c], ROW(1, 'x'));"
        " CREATE VIEW q.v AS SELECT y FROM q.t",
        "ALTER TYPE q.c ADD ATTRIBUTE z integer; ALTER TYPE q.c DROP ATTRIBUTE b",
    ),
    "collation": case(
        "CREATE SCHEMA q; CREATE COLLATION q.co (provider = libc, locale = 'C');"
        " CREATE TABLE q.t (c text COLLATE q.co); CREATE INDEX ix ON q.t (c)",
        "ALTER TABLE q.t ALTER c TYPE text; DROP COLLATION q.co;"
        " CREATE COLLATION q.co (provider = libc, locale = 'POSIX');"
        " ALTER TABLE q.t ALTER c TYPE text COLLATE q.co",
    ),
    "key that others refer to": case(
        "CREATE SCHEMA q; CREATE TABLE q.t (id integer CONSTRAINT pk PRIMARY KEY, b integer);"
        " CREATE TABLE q.o (t integer CONSTRAINT fk REFERENCES q.t);"
        " INSERT INTO q.t VALUES (1, 2); INSERT INTO q.o VALUES (1);"
        " CREATE VIEW q.v AS SELECT id, b FROM q.t GROUP BY id",
        "DROP VIEW q.v; ALTER TABLE q.t DROP CONSTRAINT pk CASCADE;"
        " ALTER TABLE q.t ADD CONSTRAINT u UNIQUE (id);"
        " ALTER TABLE q.t ADD CONSTRAINT pk PRIMARY KEY (id, b);"
        " ALTER TABLE q.o ADD CONSTRAINT fk FOREIGN KEY (t) REFERENCES q.t (id);"
        " CREATE VIEW q.v AS SELECT id, b FROM q.t GROUP BY id, b",
    ),
    "types of both sides of a key": case(
        "CREATE SCHEMA q; CREATE TABLE q.t (id integer PRIMARY KEY);"
        " CREATE TABLE q.o (t integer CONSTRAINT fk REFERENCES q.t);"
        " INSERT INTO q.t VALUES (1); INSERT INTO q.o VALUES (1)",
        "ALTER TABLE q.o DROP CONSTRAINT fk; ALTER TABLE q.t ALTER id TYPE text;"
        " ALTER TABLE q.o ALTER t TYPE text;"
        " ALTER TABLE q.o ADD CONSTRAINT fk FOREIGN KEY (t) REFERENCES q.t",
    ),
    "index that a table is replicated by": case(
        "CREATE SCHEMA q; CREATE TABLE q.t (id integer NOT NULL, c integer NOT NULL);"
        " CREATE UNIQUE INDEX u ON q.t (id); ALTER TABLE q.t REPLICA IDENTITY USING INDEX u;"
        " ALTER TABLE q.t CLUSTER ON u",
        "DROP INDEX q.u; CREATE UNIQUE INDEX u ON q.t (id, c);"
        " ALTER TABLE q.t REPLICA IDENTITY USING INDEX u",
    ),
    "value of an enum that a default of partitions names": case(
        "CREATE SCHEMA q; CREATE TYPE q.mood AS ENUM ('a', 'b');"
        " CREATE TABLE q.t (id integer, m q.mood NOT NULL DEFAULT 'a') PARTITION BY LIST (id);"
        " CREATE TABLE q.s PARTITION OF q.t (m DEFAULT 'b') DEFAULT PARTITION BY LIST (id);"
        " CREATE TABLE q.u PARTITION OF q.s FOR VALUES IN (1); INSERT INTO q.t VALUES (1, 'a')",
        "ALTER TYPE q.mood ADD VALUE 'c'",
    ),
    "column of a parent that views of partitions show": case(
        "CREATE SCHEMA q; CREATE TABLE q.p (d integer, c text) PARTITION BY RANGE (d);"
        " CREATE TABLE q.p1 PARTITION OF q.p FOR VALUES FROM (0) TO (10);"
        " INSERT INTO q.p VALUES (1, 'x'); CREATE VIEW q.v AS SELECT c FROM q.p1",
        "DROP VIEW q.v; ALTER TABLE q.p ALTER c TYPE varchar;"
        " CREATE VIEW q.v AS SELECT c FROM q.p1",
    ),
    "checks of a domain": case(
        f"{ON_A_FUNCTION} CREATE DOMAIN q.d AS integer DEFAULT q.f(3) CHECK (q.f(VALUE) > 0);"
        " CREATE TABLE q.u (c q.d); INSERT INTO q.u VALUES (5)",
        "ALTER DOMAIN q.d DROP CONSTRAINT d_check; ALTER DOMAIN q.d DROP DEFAULT;"
        " DROP FUNCTION q.f; CREATE FUNCTION q.f(b integer) RETURNS integer LANGUAGE sql IMMUTABLE"
        " AS 'SELECT b'; ALTER DOMAIN q.d ADD CHECK (q.f(VALUE) > 0);"
        " ALTER DOMAIN q.d SET DEFAULT q.f(3)",
    ),
    "trigger that is a constraint": case(
        f"{MADE} {FUNCTION.format('fn')} CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON q.t"
        " DEFERRABLE FOR EACH ROW EXECUTE FUNCTION q.fn()",
        "DROP TRIGGER ct ON q.t; CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON q.t FOR EACH ROW"
        " EXECUTE FUNCTION q.fn(); CREATE CONSTRAINT TRIGGER more AFTER INSERT ON q.t FOR EACH ROW"
        " EXECUTE FUNCTION q.fn()",
    ),
    "family of an operator class of its name": case(
        "CREATE SCHEMA q; CREATE OPERATOR FAMILY q.o USING btree; CREATE OPERATOR CLASS q.o FOR"
        " TYPE int4 USING btree FAMILY q.o AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =,"
        " OPERATOR 4 <=,"
        " OPERATOR 5 <, FUNCTION 1 btint4cmp(int4, int4)",
        "DROP OPERATOR FAMILY q.o USING btree CASCADE",
    ),
    "wrapper's server": case(
        "CREATE SCHEMA q; CREATE FOREIGN DATA WRAPPER q_w;"
        " CREATE SERVER q_s TYPE 'a' FOREIGN DATA WRAPPER q_w;"
        " CREATE FOREIGN TABLE q.far (id integer) SERVER q_s;"
        " CREATE VIEW q.v AS SELECT id FROM q.far",
        "DROP VIEW q.v; DROP FOREIGN TABLE q.far; DROP SERVER q_s;"
        " CREATE SERVER q_s TYPE 'b' FOREIGN DATA WRAPPER q_w;"
        " CREATE FOREIGN TABLE q.far (id integer) SERVER q_s;"
        " CREATE VIEW q.v AS SELECT id FROM q.far",
    ),
    "publication for all tables": case(
        "CREATE SCHEMA q; CREATE TABLE q.t (id integer); CREATE PUBLICATION q_p FOR TABLE q.t",
        "DROP PUBLICATION q_p; CREATE PUBLICATION q_p FOR ALL TABLES",
    ),
    "table that became a view": case(
        "CREATE SCHEMA q; CREATE TABLE q.t (id integer PRIMARY KEY);"
        " CREATE TABLE q.o (i integer REFERENCES q.t); CREATE VIEW q.v AS SELECT id FROM q.t;"
        " CREATE FUNCTION q.f(q.t) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "DROP TABLE q.t CASCADE; CREATE VIEW q.t AS SELECT 1 AS id;"
        " CREATE VIEW q.v AS SELECT id FROM q.t",
    ),
}
