-- What an account has handed over.
CREATE TABLE held_blobs (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    sha256     TEXT   NOT NULL,
    size_bytes BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    pages      BIGINT NOT NULL,
    stored_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, sha256)
);
