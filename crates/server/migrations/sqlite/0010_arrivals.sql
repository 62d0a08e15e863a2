-- Everything that ever came is read backwards, page by page, without being sorted for each of them.
CREATE INDEX applications_by_arrival ON applications (received_at, id) WHERE number IS NOT NULL;
