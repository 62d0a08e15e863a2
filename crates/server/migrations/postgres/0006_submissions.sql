CREATE TABLE submissions (
    account_id      TEXT   NOT NULL REFERENCES accounts (id),
    idempotency_key TEXT   NOT NULL,
    application_id  TEXT   NOT NULL,
    revision        BIGINT NOT NULL,
    manifest_hash   TEXT   NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
);
