CREATE SCHEMA zoo;
CREATE SCHEMA "a ""wild"" 50% schéma";
DO $$
BEGIN
    IF to_regrole('zoo_keeper') IS NULL THEN CREATE ROLE zoo_keeper; END IF;
    IF to_regrole('zoo_visitor') IS NULL THEN CREATE ROLE zoo_visitor; END IF;
END
$$;
