CREATE INDEX login_guards_by_age ON login_guards (last_at);
