-- The objects that the pages name, so that what they look at can be looked at.
CREATE TABLE alembic_version (version_num text);
CREATE SCHEMA quantum;
CREATE TYPE quantum.outcome AS ENUM ('home', 'draw', 'away');
CREATE TYPE quantum.price AS (odds numeric, stake numeric);
CREATE DOMAIN quantum.stake AS numeric CHECK (VALUE >= 0);
CREATE TYPE quantum.oddsrange AS RANGE (SUBTYPE = numeric);
CREATE DOMAIN quantum.vector AS text; -- only a superuser can create a base type
CREATE TEXT SEARCH CONFIGURATION quantum.team (COPY = simple);
CREATE TABLE quantum.match (id integer PRIMARY KEY);
CREATE TABLE quantum.pick (
    id serial PRIMARY KEY,
    match_id integer REFERENCES quantum.match,
    market text,
    outcome text,
    stake numeric,
    remark text,
    period daterange
);
CREATE INDEX ix_pick_market ON quantum.pick (market);
CREATE INDEX ux_pick_lower ON quantum.pick (lower(market));
CREATE TABLE quantum.pick_backup AS TABLE quantum.pick;
CREATE VIEW quantum.open_pick AS SELECT id, stake FROM quantum.pick WHERE outcome IS NULL;
CREATE VIEW quantum.open_pick_test AS SELECT id FROM quantum.pick;
CREATE MATERIALIZED VIEW quantum.daily AS SELECT market, count(*) FROM quantum.pick GROUP BY market;
CREATE MATERIALIZED VIEW quantum.daily_test AS SELECT count(*) FROM quantum.pick;
CREATE TABLE quantum.feed (id integer, odds numeric) PARTITION BY LIST (id);
