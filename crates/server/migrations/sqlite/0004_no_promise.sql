-- Some services promise no day: `due_on` may be missing. SQLite cannot take NOT NULL away, so the rows move house;
-- no table refers to this one.
CREATE TABLE revisions_without_promise (
    application_id TEXT   NOT NULL REFERENCES applications (id),
    revision       BIGINT NOT NULL,
    manifest_hash  TEXT   NOT NULL,
    manifest       TEXT   NOT NULL,
    applicant      TEXT   NOT NULL,
    received_at    BIGINT NOT NULL,
    due_on         TEXT,
    completed_at   BIGINT,
    receipt        TEXT,
    begun_at       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (application_id, revision)
);
INSERT INTO revisions_without_promise
    (application_id, revision, manifest_hash, manifest, applicant, received_at, due_on, completed_at, receipt, begun_at)
SELECT application_id, revision, manifest_hash, manifest, applicant, received_at, due_on, completed_at, receipt, begun_at
FROM revisions;
DROP TABLE revisions;
ALTER TABLE revisions_without_promise RENAME TO revisions;
