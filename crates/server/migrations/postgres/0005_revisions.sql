-- A revision is accepted (manifest stored, `received_at`) and later complete (`receipt`); complete ones never change.
-- `begun_at`: when the first manifest of the revision arrived; one that replaces it keeps it.
CREATE TABLE revisions (
    application_id TEXT   NOT NULL REFERENCES applications (id),
    revision       BIGINT NOT NULL,
    manifest_hash  TEXT   NOT NULL,
    manifest       TEXT   NOT NULL,
    applicant      TEXT   NOT NULL,
    received_at    BIGINT NOT NULL,
    due_on         TEXT,
    completed_at   BIGINT,
    receipt        TEXT,
    begun_at       BIGINT NOT NULL,
    PRIMARY KEY (application_id, revision)
);
