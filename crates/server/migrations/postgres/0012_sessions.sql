CREATE TABLE sessions (
    token_sha256 TEXT   NOT NULL PRIMARY KEY,
    reviewer_id  TEXT   NOT NULL REFERENCES reviewers (id),
    opened_at    BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL
);
