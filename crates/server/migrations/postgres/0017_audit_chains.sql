-- Whoever appends to a chain holds its row until the commit.
CREATE TABLE audit_chains (
    chain BIGINT NOT NULL PRIMARY KEY
);
