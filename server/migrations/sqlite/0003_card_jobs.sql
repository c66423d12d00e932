-- Tasks that a page has its server hold for the card bridge of the same person.
CREATE TABLE card_job (
    id            TEXT PRIMARY KEY,
    order_id      TEXT NOT NULL REFERENCES purchase (id),
    account_id    TEXT NOT NULL REFERENCES account (id),
    task          TEXT NOT NULL,        -- protocol::CardTask, JSON
    claim_hash    BLOB NOT NULL UNIQUE,
    report_hash   BLOB UNIQUE,          -- NULL until a bridge has taken the job
    state         TEXT NOT NULL,        -- protocol::OperationState, JSON: what the bridge last reported
    revision      INTEGER NOT NULL,     -- grows with each change of the state
    created_at    INTEGER NOT NULL,
    heard_at      INTEGER,              -- when the bridge took the job, or last reported
    cancelled_at  INTEGER,
    ended_at      INTEGER               -- when the bridge reported the end
) STRICT;
CREATE UNIQUE INDEX one_open_card_job_per_order ON card_job (order_id) WHERE cancelled_at IS NULL AND ended_at IS NULL;
CREATE INDEX card_job_by_account ON card_job (account_id, created_at);
