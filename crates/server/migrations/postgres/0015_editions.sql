-- Every edition of the catalogue that was ever served, as its canonical JSON. `served_at`: when it was offered last.
CREATE TABLE editions (
    sha256    TEXT   NOT NULL PRIMARY KEY,
    edition   BIGINT NOT NULL,
    bundle    TEXT   NOT NULL,
    served_at BIGINT NOT NULL
);
