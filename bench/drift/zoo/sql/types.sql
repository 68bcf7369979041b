CREATE COLLATION zoo.plain (provider = libc, locale = 'C');
CREATE TYPE zoo.mood AS ENUM ('calm', 'hungry', 'wild');
CREATE TYPE zoo.address AS (street text, number integer, town varchar(50));
CREATE TYPE zoo.loose AS (a integer, b varchar(5));
CREATE DOMAIN zoo.kilograms AS numeric(8, 3) DEFAULT 1 CONSTRAINT positive CHECK (VALUE > 0);
CREATE DOMAIN zoo.email AS text COLLATE "C" NOT NULL
    CONSTRAINT has_at CHECK (VALUE ~ '@') CONSTRAINT short CHECK (length(VALUE) < 100);
CREATE TYPE zoo.weight_range AS RANGE (subtype = numeric, multirange_type_name = zoo.weights);
CREATE TYPE "a ""wild"" 50% schéma"."'enum'" AS ENUM ('it''s', '50%', '"x"', E'a\nb', E'\\');
CREATE SEQUENCE zoo.animal_codes AS integer START 5 INCREMENT 2 MINVALUE 5 MAXVALUE 100000 CYCLE;
CREATE SEQUENCE zoo.tickets_sold;
CREATE SEQUENCE "a ""wild"" 50% schéma"."50% ""seq""";
