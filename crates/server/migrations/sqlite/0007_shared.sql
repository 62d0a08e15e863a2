-- What offices with several copies need, too: chains of the audit log (one here, as one writes), and what was settled
-- on the first day, for example the public half of the key that signs receipts.
ALTER TABLE audit ADD COLUMN chain BIGINT NOT NULL DEFAULT 0;
CREATE TABLE office_facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
