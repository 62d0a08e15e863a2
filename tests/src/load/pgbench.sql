-- One application as the office's store keeps it on PostgreSQL: the same transactions, the same statements in them, the
-- same rows. What the office computes in between (hashes, JSON, signatures) is not here.
\set account random(1, :accounts)
\set id random(1000000000000000000, 9000000000000000000)
\set one random(1000000000000000000, 9000000000000000000)
\set two random(1000000000000000000, 9000000000000000000)
\set three random(1000000000000000000, 9000000000000000000)
\set chain random(0, 15)
-- The manifest.
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT id FROM accounts WHERE id = :pad17::text || :account FOR UPDATE;
SELECT account_id, revision, status FROM applications WHERE id = :pad17::text || :id;
SELECT manifest_hash FROM submissions WHERE account_id = :pad17::text || :account AND idempotency_key = :pad17::text || :id;
SELECT COUNT(*) FROM revisions WHERE account_id = :pad17::text || :account AND receipt IS NULL AND received_at > 1700000000000;
INSERT INTO applications (id, account_id, service, service_version, applicant) VALUES (:pad17::text || :id, :pad17::text || :account, 'resident-enrolment', 1, '林**') ON CONFLICT DO NOTHING;
INSERT INTO submissions (account_id, idempotency_key, application_id, revision, manifest_hash) VALUES (:pad17::text || :account, :pad17::text || :id, :pad17::text || :id, 1, :hash) ON CONFLICT DO NOTHING;
INSERT INTO revisions (application_id, revision, manifest_hash, manifest, applicant, received_at, begun_at, due_on, account_id) VALUES (:pad17::text || :id, 1, :hash, :manifest, '林**', 1800000000000, 1800000000000, '2026-12-31', :pad17::text || :account) ON CONFLICT (application_id, revision) DO UPDATE SET manifest_hash = excluded.manifest_hash, manifest = excluded.manifest, applicant = excluded.applicant, received_at = excluded.received_at, due_on = excluded.due_on, account_id = excluded.account_id;
INSERT INTO declared_blobs (account_id, sha256, size_bytes, kind) VALUES (:pad17::text || :account, :pad45::text || :one, 300000, 'jpeg') ON CONFLICT DO NOTHING;
INSERT INTO declared_blobs (account_id, sha256, size_bytes, kind) VALUES (:pad17::text || :account, :pad45::text || :two, 300000, 'jpeg') ON CONFLICT DO NOTHING;
INSERT INTO declared_blobs (account_id, sha256, size_bytes, kind) VALUES (:pad17::text || :account, :pad45::text || :three, 300000, 'jpeg') ON CONFLICT DO NOTHING;
SELECT chain FROM audit_chains WHERE chain = :chain FOR UPDATE;
SELECT COALESCE((SELECT seq FROM audit WHERE chain = :chain ORDER BY seq DESC LIMIT 1), 0) + 1 AS seq \gset
INSERT INTO audit (chain, seq, at, actor, action, subject, detail, previous, hash) VALUES (:chain, :seq, 1800000000000, :pad17::text || :account, 'manifest_accepted', :pad17::text || :id, 'revision 1', :hash, :hash);
SELECT sha256, size_bytes, kind, pages FROM held_blobs WHERE account_id = :pad17::text || :account AND sha256 IN (:pad45::text || :one, :pad45::text || :two, :pad45::text || :three, :pad45::text || :three, :pad45::text || :three, :pad45::text || :three);
COMMIT;
-- A document.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT size_bytes, kind FROM declared_blobs WHERE account_id = :pad17::text || :account AND sha256 = :pad45::text || :one ORDER BY size_bytes, kind;
SELECT size_bytes, kind, pages FROM held_blobs WHERE account_id = :pad17::text || :account AND sha256 = :pad45::text || :one;
COMMIT;
BEGIN ISOLATION LEVEL READ COMMITTED;
INSERT INTO held_blobs (account_id, sha256, size_bytes, kind, pages, stored_at) VALUES (:pad17::text || :account, :pad45::text || :one, 300000, 'jpeg', 1, 1800000000000) ON CONFLICT DO NOTHING;
SELECT chain FROM audit_chains WHERE chain = :chain FOR UPDATE;
SELECT COALESCE((SELECT seq FROM audit WHERE chain = :chain ORDER BY seq DESC LIMIT 1), 0) + 1 AS seq \gset
INSERT INTO audit (chain, seq, at, actor, action, subject, detail, previous, hash) VALUES (:chain, :seq, 1800000000000, :pad17::text || :account, 'document_stored', :pad45::text || :one, '', :hash, :hash);
COMMIT;
-- A document.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT size_bytes, kind FROM declared_blobs WHERE account_id = :pad17::text || :account AND sha256 = :pad45::text || :two ORDER BY size_bytes, kind;
SELECT size_bytes, kind, pages FROM held_blobs WHERE account_id = :pad17::text || :account AND sha256 = :pad45::text || :two;
COMMIT;
BEGIN ISOLATION LEVEL READ COMMITTED;
INSERT INTO held_blobs (account_id, sha256, size_bytes, kind, pages, stored_at) VALUES (:pad17::text || :account, :pad45::text || :two, 300000, 'jpeg', 1, 1800000000000) ON CONFLICT DO NOTHING;
SELECT chain FROM audit_chains WHERE chain = :chain FOR UPDATE;
SELECT COALESCE((SELECT seq FROM audit WHERE chain = :chain ORDER BY seq DESC LIMIT 1), 0) + 1 AS seq \gset
INSERT INTO audit (chain, seq, at, actor, action, subject, detail, previous, hash) VALUES (:chain, :seq, 1800000000000, :pad17::text || :account, 'document_stored', :pad45::text || :two, '', :hash, :hash);
COMMIT;
-- A document.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT size_bytes, kind FROM declared_blobs WHERE account_id = :pad17::text || :account AND sha256 = :pad45::text || :three ORDER BY size_bytes, kind;
SELECT size_bytes, kind, pages FROM held_blobs WHERE account_id = :pad17::text || :account AND sha256 = :pad45::text || :three;
COMMIT;
BEGIN ISOLATION LEVEL READ COMMITTED;
INSERT INTO held_blobs (account_id, sha256, size_bytes, kind, pages, stored_at) VALUES (:pad17::text || :account, :pad45::text || :three, 300000, 'jpeg', 1, 1800000000000) ON CONFLICT DO NOTHING;
SELECT chain FROM audit_chains WHERE chain = :chain FOR UPDATE;
SELECT COALESCE((SELECT seq FROM audit WHERE chain = :chain ORDER BY seq DESC LIMIT 1), 0) + 1 AS seq \gset
INSERT INTO audit (chain, seq, at, actor, action, subject, detail, previous, hash) VALUES (:chain, :seq, 1800000000000, :pad17::text || :account, 'document_stored', :pad45::text || :three, '', :hash, :hash);
COMMIT;
-- The receipt.
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT id FROM accounts WHERE id = :pad17::text || :account FOR UPDATE;
SELECT a.number, a.status, r.manifest_hash, r.manifest, r.received_at, r.due_on, r.receipt FROM revisions r JOIN applications a ON a.id = r.application_id WHERE r.application_id = :pad17::text || :id AND r.revision = 1 AND a.account_id = :pad17::text || :account;
SELECT sha256, size_bytes, kind, pages FROM held_blobs WHERE account_id = :pad17::text || :account AND sha256 IN (:pad45::text || :one, :pad45::text || :two, :pad45::text || :three, :pad45::text || :three, :pad45::text || :three, :pad45::text || :three);
INSERT INTO day_counters (day, last) VALUES ('2026-11-22', 1) ON CONFLICT (day) DO UPDATE SET last = day_counters.last + 1 RETURNING last \gset
UPDATE revisions SET completed_at = 1800000000000, receipt = :receipt WHERE application_id = :pad17::text || :id AND revision = 1;
UPDATE accounts SET feed_seq = feed_seq + 1 WHERE id = :pad17::text || :account RETURNING feed_seq \gset
UPDATE applications SET revision = 1, number = :pad17::text || :last, due_on = '2026-12-31', findings = '[]', reason = NULL, supplement_by = NULL, received_at = COALESCE(received_at, 1800000000000), applicant = (SELECT r.applicant FROM revisions r WHERE r.application_id = applications.id AND r.revision = 1), status = 'submitted', feed_seq = :feed_seq WHERE id = :pad17::text || :id;
INSERT INTO timeline (application_id, position, at, status) SELECT :pad17::text || :id, COALESCE(MAX(position), 0) + 1, 1800000000000, 'submitted' FROM timeline WHERE application_id = :pad17::text || :id;
SELECT chain FROM audit_chains WHERE chain = :chain FOR UPDATE;
SELECT COALESCE((SELECT seq FROM audit WHERE chain = :chain ORDER BY seq DESC LIMIT 1), 0) + 1 AS seq \gset
INSERT INTO audit (chain, seq, at, actor, action, subject, detail, previous, hash) VALUES (:chain, :seq, 1800000000000, :pad17::text || :account, 'revision_complete', :pad17::text || :id, 'revision 1, submitted', :hash, :hash);
COMMIT;
