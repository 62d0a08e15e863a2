-- A cursor of the feed counts within an epoch. One begins with the database and whenever it comes back from a backup.
-- The newest counts.
CREATE TABLE feed_epochs (
    position BIGINT NOT NULL PRIMARY KEY,
    epoch    TEXT   NOT NULL,
    begun_at BIGINT NOT NULL
);
