CREATE FUNCTION zoo.mood_to_integer(zoo.mood) RETURNS integer LANGUAGE sql IMMUTABLE
    AS $$ SELECT CASE $1 WHEN 'calm' THEN 1 WHEN 'hungry' THEN 2 ELSE 3 END $$;
CREATE CAST (zoo.mood AS integer) WITH FUNCTION zoo.mood_to_integer(zoo.mood) AS ASSIGNMENT;
CREATE CAST (zoo.address AS text) WITH INOUT;
CREATE FUNCTION zoo.same_size(box, box) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS 'SELECT area($1) = area($2)';
CREATE FUNCTION zoo.backwards(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE
    AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR zoo.=#= (FUNCTION = zoo.same_size, LEFTARG = box, RIGHTARG = box,
    COMMUTATOR = OPERATOR(zoo.=#=), RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR FAMILY zoo.backward USING btree;
CREATE OPERATOR CLASS zoo.backward FOR TYPE integer USING btree FAMILY zoo.backward AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <,
    FUNCTION 1 zoo.backwards(integer, integer);
CREATE INDEX ix_animal_backward ON zoo.animal (code zoo.backward);
