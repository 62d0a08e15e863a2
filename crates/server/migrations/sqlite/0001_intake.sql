-- Accounts, applications and their revisions. Ids and hashes are text, times are milliseconds since 1970 (UTC),
-- days are YYYY-MM-DD, structures are JSON. Nothing here is ever deleted.
CREATE TABLE accounts (
    id            TEXT   NOT NULL PRIMARY KEY,
    secret_sha256 TEXT   NOT NULL,
    opened_at     BIGINT NOT NULL,
    feed_seq      BIGINT NOT NULL DEFAULT 0
);
-- One row per application. `revision` is the newest complete one, 0 before the first; `number` and `status`
-- stand from then on. `feed_seq` is the account's counter at the last change.
CREATE TABLE applications (
    id              TEXT   NOT NULL PRIMARY KEY,
    account_id      TEXT   NOT NULL REFERENCES accounts (id),
    service         TEXT   NOT NULL,
    service_version BIGINT NOT NULL,
    revision        BIGINT NOT NULL DEFAULT 0,
    number          TEXT   UNIQUE,
    status          TEXT,
    applicant       TEXT   NOT NULL,
    received_at     BIGINT,
    due_on          TEXT,
    claimed_by      TEXT,
    findings        TEXT   NOT NULL DEFAULT '[]',
    reason          TEXT,
    supplement_by   TEXT,
    feed_seq        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX applications_by_feed ON applications (account_id, feed_seq);
CREATE INDEX applications_by_queue ON applications (status, received_at);
-- A revision is accepted (manifest stored, `received_at`) and later complete (`receipt`); complete ones never change.
CREATE TABLE revisions (
    application_id TEXT   NOT NULL REFERENCES applications (id),
    revision       BIGINT NOT NULL,
    manifest_hash  TEXT   NOT NULL,
    manifest       TEXT   NOT NULL,
    applicant      TEXT   NOT NULL,
    received_at    BIGINT NOT NULL,
    due_on         TEXT   NOT NULL,
    completed_at   BIGINT,
    receipt        TEXT,
    PRIMARY KEY (application_id, revision)
);
CREATE TABLE submissions (
    account_id      TEXT   NOT NULL REFERENCES accounts (id),
    idempotency_key TEXT   NOT NULL,
    application_id  TEXT   NOT NULL,
    revision        BIGINT NOT NULL,
    manifest_hash   TEXT   NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
);
-- What an account announced, and what it has handed over. Per account: who holds a document is nobody else's business.
CREATE TABLE declared_blobs (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    sha256     TEXT   NOT NULL,
    size_bytes BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    PRIMARY KEY (account_id, sha256, size_bytes, kind)
);
CREATE TABLE held_blobs (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    sha256     TEXT   NOT NULL,
    size_bytes BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    pages      BIGINT NOT NULL,
    stored_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, sha256)
);
CREATE TABLE day_counters (
    day  TEXT   NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
CREATE TABLE timeline (
    application_id TEXT   NOT NULL REFERENCES applications (id),
    position       BIGINT NOT NULL,
    at             BIGINT NOT NULL,
    status         TEXT   NOT NULL,
    note           TEXT,
    PRIMARY KEY (application_id, position)
);
