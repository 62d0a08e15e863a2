-- Reviewers, their sessions, failed logins, and the audit log.
CREATE TABLE reviewers (
    id            TEXT   NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL UNIQUE,
    password_hash TEXT   NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE TABLE sessions (
    token_sha256 TEXT   NOT NULL PRIMARY KEY,
    reviewer_id  TEXT   NOT NULL REFERENCES reviewers (id),
    opened_at    BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL
);
-- By the name that was typed, whether or not such a reviewer exists.
CREATE TABLE login_guards (
    name         TEXT   NOT NULL PRIMARY KEY,
    failures     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    locked_until BIGINT
);
CREATE INDEX login_guards_by_age ON login_guards (last_at);
-- Append-only. `hash` covers the row and the hash of the row before.
CREATE TABLE audit (
    seq      BIGINT NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    action   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    detail   TEXT   NOT NULL,
    previous TEXT   NOT NULL,
    hash     TEXT   NOT NULL
);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
