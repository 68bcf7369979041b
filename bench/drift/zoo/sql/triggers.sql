CREATE FUNCTION zoo.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO zoo.audit (what) VALUES (TG_OP);
    RETURN NULL;
END
$$;
CREATE FUNCTION zoo.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER animal_kept BEFORE INSERT OR UPDATE OF name, species ON zoo.animal
    FOR EACH ROW WHEN (NEW.name IS NOT NULL) EXECUTE FUNCTION zoo.keep();
CREATE TRIGGER animal_noted AFTER UPDATE ON zoo.animal REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION zoo.note('it''s', '50%');
CREATE CONSTRAINT TRIGGER feeding_checked AFTER INSERT ON zoo.feeding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION zoo.note();
CREATE TRIGGER ticket_noted AFTER INSERT ON zoo.ticket FOR EACH ROW EXECUTE FUNCTION zoo.note();
CREATE TRIGGER audit_replicated AFTER INSERT ON zoo.audit FOR EACH ROW EXECUTE FUNCTION zoo.keep();
ALTER TABLE zoo.audit ENABLE ALWAYS TRIGGER audit_replicated;
CREATE TRIGGER "50% ""trigger""" BEFORE INSERT ON
    "a ""wild"" 50% schéma".U&"WHERE the 'Wild' ""Things""\000Aare; 100% \00FCn\00EFcode"
    FOR EACH ROW EXECUTE FUNCTION zoo.keep();

CREATE RULE no_delete AS ON DELETE TO zoo.audit DO INSTEAD NOTHING;
CREATE RULE big_feedings AS ON INSERT TO zoo.feeding WHERE NEW.kilograms > 100
    DO ALSO INSERT INTO zoo.audit (what) VALUES ('big');

ALTER TABLE zoo.keeper ENABLE ROW LEVEL SECURITY;
ALTER TABLE zoo.keeper FORCE ROW LEVEL SECURITY;
CREATE POLICY keeper_seen ON zoo.keeper FOR SELECT TO zoo_keeper, zoo_visitor USING (salary < 1000);
CREATE POLICY keeper_changed ON zoo.keeper AS RESTRICTIVE FOR UPDATE TO PUBLIC
    USING (name IN ('Ada', 'Bo')) WITH CHECK (salary >= 0);
ALTER TABLE zoo.feeding ENABLE ROW LEVEL SECURITY;
CREATE POLICY "50% ""policy""" ON zoo.feeding USING (food <> '50% "x"');

CREATE FUNCTION zoo.announce() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RETURN; END';
CREATE EVENT TRIGGER zoo_announced ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')
    EXECUTE FUNCTION zoo.announce();
