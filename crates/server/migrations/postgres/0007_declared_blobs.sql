-- What an account announced. Per account: who holds a document is nobody else's business.
CREATE TABLE declared_blobs (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    sha256     TEXT   NOT NULL,
    size_bytes BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    PRIMARY KEY (account_id, sha256, size_bytes, kind)
);
