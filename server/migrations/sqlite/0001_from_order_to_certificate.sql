-- Times are seconds since 1970-01-01T00:00:00Z. Ids are random. Secrets are stored as SHA-256 only.

CREATE TABLE account (
    id          TEXT PRIMARY KEY,
    email       TEXT NOT NULL UNIQUE,
    role        TEXT NOT NULL CHECK (role IN ('customer', 'validation-specialist')),
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE sign_in_link (
    token_hash  BLOB PRIMARY KEY,
    email       TEXT NOT NULL,
    message_id  TEXT UNIQUE, -- outbox.id; NULL for a link that the demonstration prints
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER
) STRICT;

CREATE TABLE session (
    token_hash    BLOB PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES account (id),
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE purchase (
    id               TEXT PRIMARY KEY,
    account_id       TEXT NOT NULL REFERENCES account (id),
    product_id       TEXT NOT NULL,
    idempotency_key  TEXT NOT NULL,
    ordered_at       INTEGER NOT NULL,
    mailbox          TEXT,
    UNIQUE (account_id, idempotency_key)
) STRICT;

-- Each submission of step 1 is a row of its own; the newest counts.
CREATE TABLE organization_claim (
    id             TEXT PRIMARY KEY,
    order_id       TEXT NOT NULL REFERENCES purchase (id),
    state          TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'refused', 'replaced')),
    data           TEXT NOT NULL, -- protocol::OrganizationData, JSON
    verification   TEXT NOT NULL, -- protocol::VerificationMethod, JSON
    evidence       TEXT,          -- protocol::RegisterEvidence, JSON
    submitted_at   INTEGER NOT NULL,
    decided_at     INTEGER,
    decided_by     TEXT REFERENCES account (id),
    verified_data  TEXT,          -- protocol::OrganizationData, JSON, when approved
    refusal        TEXT
) STRICT;
CREATE UNIQUE INDEX one_open_claim_per_order ON organization_claim (order_id) WHERE state IN ('submitted', 'approved');

CREATE TABLE document (
    id           TEXT PRIMARY KEY,
    order_id     TEXT NOT NULL REFERENCES purchase (id),
    name         TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    size_bytes   INTEGER NOT NULL,
    sha256       TEXT NOT NULL,
    uploaded_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE mailbox_challenge (
    token_hash     BLOB PRIMARY KEY,
    order_id       TEXT NOT NULL REFERENCES purchase (id),
    account_id     TEXT NOT NULL REFERENCES account (id),
    mailbox        TEXT NOT NULL,
    message_id     TEXT NOT NULL UNIQUE, -- outbox.id
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    superseded_at  INTEGER,
    confirmed_at   INTEGER
) STRICT;
CREATE UNIQUE INDEX one_live_challenge_per_order ON mailbox_challenge (order_id) WHERE superseded_at IS NULL;

-- One row an order, for ever: an order can never have two certificates.
CREATE TABLE issuance (
    order_id       TEXT PRIMARY KEY REFERENCES purchase (id),
    certificate_id TEXT NOT NULL UNIQUE,
    serial_number  TEXT NOT NULL UNIQUE, -- lower-case hex
    profile        TEXT NOT NULL,
    spki_sha256    TEXT NOT NULL,        -- lower-case hex
    key_origin     TEXT NOT NULL,
    mailbox        TEXT NOT NULL,
    organization   TEXT NOT NULL,
    not_before     INTEGER NOT NULL,
    not_after      INTEGER NOT NULL,
    tbs            BLOB NOT NULL,        -- linted, stored before it is signed
    certificate    BLOB,                 -- NULL until signed
    reserved_at    INTEGER NOT NULL,
    issued_at      INTEGER
) STRICT;

CREATE TABLE outbox (
    id               TEXT PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('sign-in-link', 'mailbox-challenge', 'notice')),
    recipient        TEXT NOT NULL,
    subject          TEXT NOT NULL,
    body             TEXT NOT NULL, -- wiped once an SMTP server has it: links are secrets
    written_at       INTEGER NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    next_attempt_at  INTEGER NOT NULL,
    last_error       TEXT,
    sent_at          INTEGER
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE sent_at IS NULL;
CREATE INDEX outbox_by_recipient ON outbox (recipient, written_at);

CREATE TABLE audit (
    sequence       INTEGER PRIMARY KEY, -- 1, 2, 3 … without a gap
    at             INTEGER NOT NULL,
    event          TEXT NOT NULL,       -- canonical JSON
    previous_hash  BLOB NOT NULL,
    hash           BLOB NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'audit is append-only'); END;
