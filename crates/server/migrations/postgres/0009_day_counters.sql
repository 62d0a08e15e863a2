CREATE TABLE day_counters (
    day  TEXT   NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
