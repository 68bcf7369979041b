CREATE VIEW zoo.animal_names WITH (security_barrier) AS
    SELECT id, name, species FROM zoo.animal WHERE mood IN ('calm', 'hungry');
CREATE VIEW zoo.heavy WITH (security_invoker) AS
    SELECT id, name, weight FROM zoo.animal WHERE weight > 100 WITH LOCAL CHECK OPTION;
ALTER VIEW zoo.heavy ALTER name SET DEFAULT 'somebody';
CREATE VIEW zoo.load AS
    SELECT keeper.name, count(*) AS animals, sum(animal.weight) AS weight
    FROM zoo.keeper LEFT JOIN zoo.animal ON animal.keeper_id = keeper.id GROUP BY keeper.name;
CREATE RECURSIVE VIEW zoo.ancestor (id, mother) AS
    SELECT id, mother_id FROM zoo.animal
    UNION SELECT ancestor.id, animal.mother_id FROM ancestor JOIN zoo.animal ON animal.id = ancestor.mother;
CREATE FUNCTION zoo.instead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER load_changed INSTEAD OF UPDATE ON zoo.load FOR EACH ROW EXECUTE FUNCTION zoo.instead();
CREATE RULE load_inserted AS ON INSERT TO zoo.load DO INSTEAD NOTHING;
CREATE MATERIALIZED VIEW zoo.species_count AS
    SELECT species, count(*) AS animals FROM zoo.animal GROUP BY species WITH DATA;
CREATE UNIQUE INDEX uq_species_count ON zoo.species_count (species);
CREATE INDEX ix_species_count ON zoo.species_count (animals DESC);
CREATE MATERIALIZED VIEW zoo.later WITH (fillfactor = 80) AS SELECT 1 AS one WITH NO DATA;
CREATE VIEW "a ""wild"" 50% schéma"."a 'view' 50%" AS
    SELECT '50% "x"'::text AS "50% ""x""", E'a\nb'::text AS "or";
