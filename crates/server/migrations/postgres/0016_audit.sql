-- Append-only. `hash` covers the row and the hash of the row before in its chain. No trigger keeps rows from being
-- changed, as not every engine has them: the chain shows it, and a role without UPDATE and DELETE on this table is enough
-- for the office.
CREATE TABLE audit (
    chain    BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    action   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    detail   TEXT   NOT NULL,
    previous TEXT   NOT NULL,
    hash     TEXT   NOT NULL,
    PRIMARY KEY (chain, seq)
);
