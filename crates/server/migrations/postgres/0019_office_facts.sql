-- What was settled on the office's first day, for example the public half of the key that signs receipts.
CREATE TABLE office_facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
