CREATE TABLE zoo.creature (
    id serial PRIMARY KEY,
    name text NOT NULL,
    alive boolean DEFAULT true,
    CONSTRAINT ck_creature_name CHECK (name <> ''),
    CONSTRAINT ck_creature_alone CHECK (id <> 0) NO INHERIT
);
CREATE TABLE zoo.fish (depth double precision CHECK (depth > 0)) INHERITS (zoo.creature);
ALTER TABLE zoo.fish ALTER alive SET DEFAULT false;
CREATE TABLE zoo.shark (teeth integer) INHERITS (zoo.fish);

CREATE UNLOGGED TABLE zoo.cache (key text PRIMARY KEY, value text COMPRESSION pglz);
CREATE TABLE zoo.place OF zoo.address (PRIMARY KEY (street, number));
CREATE TABLE zoo.audit (at timestamptz DEFAULT now(), what text, who name DEFAULT CURRENT_USER);
CREATE TABLE zoo.archive (id bigint PRIMARY KEY, body text, size bigint) USING zoo_heap;

ALTER TABLE zoo.animal ALTER notes SET STORAGE EXTERNAL;
ALTER TABLE zoo.animal ALTER name SET STATISTICS 500;
ALTER TABLE zoo.animal ALTER species SET (n_distinct = 3);
ALTER TABLE zoo.animal SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE zoo.animal CLUSTER ON pk_animal;
ALTER TABLE zoo.feeding REPLICA IDENTITY FULL;
ALTER INDEX zoo.ix_animal_notes SET (fillfactor = 70);
ALTER INDEX zoo.uq_ix_animal_upper ALTER COLUMN 1 SET STATISTICS 200;
ALTER TABLE zoo.animal ADD CONSTRAINT ck_animal_later CHECK (code > 0) NOT VALID;
ALTER TABLE zoo.feeding ADD CONSTRAINT ck_feeding_note CHECK (note <> '') NO INHERIT;
CREATE UNIQUE INDEX uq_archive_size ON zoo.archive (size) NULLS NOT DISTINCT;
ALTER TABLE zoo.archive ALTER size SET NOT NULL;
CREATE UNIQUE INDEX uq_archive_identity ON zoo.archive (size);
ALTER TABLE zoo.archive REPLICA IDENTITY USING INDEX uq_archive_identity;

CREATE STATISTICS zoo.animal_statistics (ndistinct, dependencies) ON species, keeper_id FROM zoo.animal;
CREATE STATISTICS zoo.animal_expression ON (lower(name)), species FROM zoo.animal;
ALTER STATISTICS zoo.animal_statistics SET STATISTICS 50;

CREATE PUBLICATION zoo_news FOR TABLE zoo.animal (id, name), zoo.feeding WHERE (kilograms > 1)
    WITH (publish = 'insert, truncate');
CREATE PUBLICATION zoo_schema FOR TABLES IN SCHEMA zoo WITH (publish_via_partition_root = true);
