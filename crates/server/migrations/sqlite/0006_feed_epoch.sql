-- A cursor of the feed counts within an epoch. One begins with the database and whenever it comes back from a backup,
-- so that a desk that saw changes which are lost reads everything anew. The newest counts.
CREATE TABLE feed_epochs (
    position BIGINT NOT NULL PRIMARY KEY,
    epoch    TEXT   NOT NULL,
    begun_at BIGINT NOT NULL
);
