-- Every statement on a table that grows finds its rows through an index; only the list of all submissions reads its whole table.
CREATE INDEX organization_claim_by_order ON organization_claim (order_id);
CREATE INDEX document_by_order ON document (order_id);
CREATE INDEX mailbox_challenge_by_order ON mailbox_challenge (order_id);
CREATE INDEX mailbox_challenge_by_account ON mailbox_challenge (account_id, created_at);
CREATE INDEX purchase_by_account ON purchase (account_id, ordered_at);
CREATE INDEX issuance_reserved ON issuance (reserved_at) WHERE certificate IS NULL;
CREATE INDEX session_by_use ON session (last_used_at);
CREATE INDEX session_by_age ON session (created_at);
CREATE INDEX sign_in_link_by_end ON sign_in_link (expires_at);
CREATE INDEX card_job_by_age ON card_job (created_at);
CREATE INDEX outbox_by_age ON outbox (written_at);
-- Addresses are compared without regard to case, which an index without that collation cannot serve.
DROP INDEX outbox_by_recipient;
CREATE INDEX outbox_by_recipient ON outbox (recipient COLLATE NOCASE, written_at);
-- Messages are sent in the order of this index: notices last.
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (kind = 'notice', next_attempt_at) WHERE sent_at IS NULL;
