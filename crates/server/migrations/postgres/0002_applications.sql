-- One row per application. `revision` is the newest complete one, 0 before the first; `number` and `status` stand from
-- then on. `feed_seq` is the account's counter at the last change.
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
