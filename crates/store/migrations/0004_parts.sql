-- A document may be bound from several files: every part of what was handed over, in its order.
CREATE TABLE original_parts (
    document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    part     INTEGER NOT NULL,
    bytes    BLOB NOT NULL,
    PRIMARY KEY (document, part)
) STRICT;
INSERT INTO original_parts (document, part, bytes) SELECT document, 0, bytes FROM originals;
DROP TABLE originals;
ALTER TABLE original_parts RENAME TO originals;

-- How often somebody was warned of a doubtful picture in a slot, until the application is handed in.
CREATE TABLE warnings (
    application TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    slot        TEXT NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (application, slot)
) STRICT, WITHOUT ROWID;
