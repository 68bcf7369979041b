-- What only newer servers know.
DO $do$
BEGIN
    IF current_setting('server_version_num')::integer < 180000 THEN RETURN; END IF;
    EXECUTE $sql$
        CREATE TABLE zoo.modern (
            id integer PRIMARY KEY,
            word text CONSTRAINT nn_modern_word NOT NULL,
            room int4range NOT NULL,
            during tsrange NOT NULL,
            loud text GENERATED ALWAYS AS (upper(word)) VIRTUAL,
            keeper_id integer,
            size integer,
            CONSTRAINT uq_modern_room UNIQUE (room, during WITHOUT OVERLAPS),
            CONSTRAINT ck_modern_size CHECK (size > 0) NOT ENFORCED,
            CONSTRAINT fk_modern_keeper FOREIGN KEY (keeper_id) REFERENCES zoo.keeper NOT ENFORCED
        );
        CREATE TABLE zoo.booking (
            room int4range NOT NULL,
            during tsrange NOT NULL,
            CONSTRAINT fk_booking_room FOREIGN KEY (room, PERIOD during)
                REFERENCES zoo.modern (room, PERIOD during)
        );
    $sql$;
END
$do$;
