-- The schema of migrations/sqlite, for PostgreSQL and what speaks its protocol: a table per file and one statement per
-- change, because some engines change one thing at a time. Ids and hashes are text, times are milliseconds since 1970
-- (UTC), days are YYYY-MM-DD, structures are JSON. Nothing but guards and sessions is ever deleted.
CREATE TABLE accounts (
    id            TEXT   NOT NULL PRIMARY KEY,
    secret_sha256 TEXT   NOT NULL,
    opened_at     BIGINT NOT NULL,
    feed_seq      BIGINT NOT NULL DEFAULT 0
);
