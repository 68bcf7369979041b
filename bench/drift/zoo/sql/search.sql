CREATE TEXT SEARCH PARSER zoo.words
    (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE zoo.simple (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY zoo.words (TEMPLATE = simple, STOPWORDS = english, ACCEPT = true);
CREATE TEXT SEARCH DICTIONARY zoo.other (TEMPLATE = zoo.simple);
CREATE TEXT SEARCH CONFIGURATION zoo.english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION zoo.english
    ALTER MAPPING FOR asciiword, word WITH zoo.words, english_stem;
CREATE TEXT SEARCH CONFIGURATION zoo.bare (PARSER = zoo.words);
CREATE CONVERSION zoo.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
