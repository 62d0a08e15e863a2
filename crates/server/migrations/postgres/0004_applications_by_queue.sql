CREATE INDEX applications_by_queue ON applications (status, received_at);
