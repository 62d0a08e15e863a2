-- An office that comes back from a backup has lost what it receipted since. It shows when its feed is read from the
-- beginning to the end: what it does not name then it does not know.
-- `named`: the office named it since its feed was begun from the beginning.
ALTER TABLE cases ADD COLUMN named INTEGER NOT NULL DEFAULT 1;
-- The office came back from a backup and stands at an earlier step than it once said; until the case is closed.
ALTER TABLE cases ADD COLUMN went_back INTEGER NOT NULL DEFAULT 0;
-- The feed was begun from its beginning and not read to its end since.
ALTER TABLE office ADD COLUMN rereading INTEGER NOT NULL DEFAULT 1;
-- Once for every desk, because its office may have come back before this program knew what to do.
UPDATE cases SET named = 0;
UPDATE office SET cursor = '';

-- Receipts for what the office lost, each with what it proves: kept for ever, whatever comes of it.
CREATE TABLE lost_receipts (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    application TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    manifest    TEXT NOT NULL,
    receipt     TEXT NOT NULL
) STRICT;
CREATE INDEX lost_receipts_of ON lost_receipts(application);
