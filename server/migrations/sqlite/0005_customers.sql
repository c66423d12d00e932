-- What is verified belongs to a customer, not to an order. The server runs this with foreign keys off, and checks them after it.
-- Times are seconds since 1970-01-01T00:00:00Z. Ids are random. Each list has an order of its own, its sequence.

-- Their names go to the indexes of the tables that take their places.
DROP INDEX session_by_use;
DROP INDEX session_by_age;

-- A person who can sign in.
CREATE TABLE new_account (
    sequence      INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    email         TEXT NOT NULL UNIQUE,
    staff_role    TEXT CHECK (staff_role IN ('validation-specialist', 'operator', 'auditor')),
    created_at    INTEGER NOT NULL,
    suspended_at  INTEGER
) STRICT;
INSERT INTO new_account (sequence, id, email, staff_role, created_at)
    SELECT rowid, id, email, CASE role WHEN 'validation-specialist' THEN role END, created_at FROM account;

-- The company, or the person, that certificates are for.
CREATE TABLE customer (
    sequence    INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE TABLE member (
    customer_id  TEXT NOT NULL REFERENCES customer (id),
    account_id   TEXT NOT NULL REFERENCES account (id),
    role         TEXT NOT NULL CHECK (role IN ('administrator', 'holder')),
    joined_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, customer_id, role)
) STRICT;

-- A company whose members act for the customers in its list.
CREATE TABLE partner (
    sequence    INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE TABLE partner_member (
    partner_id  TEXT NOT NULL REFERENCES partner (id),
    account_id  TEXT NOT NULL REFERENCES account (id),
    role        TEXT NOT NULL CHECK (role IN ('administrator', 'member')),
    joined_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, partner_id)
) STRICT;
CREATE TABLE partner_customer (
    partner_id   TEXT NOT NULL REFERENCES partner (id),
    customer_id  TEXT NOT NULL REFERENCES customer (id),
    since        INTEGER NOT NULL,
    PRIMARY KEY (partner_id, customer_id)
) STRICT;

INSERT INTO customer (sequence, id, name, created_at)
    SELECT rowid, lower(hex(randomblob(16))), email, created_at FROM account WHERE role = 'customer';
INSERT INTO member (customer_id, account_id, role, joined_at)
    SELECT customer.id, account.id, side.role, account.created_at
    FROM account JOIN customer ON customer.sequence = account.rowid
    CROSS JOIN (SELECT 'administrator' AS role UNION ALL SELECT 'holder') AS side;

-- An organization of a customer. Whether it is verified, and how it is called, its claims say.
CREATE TABLE organization (
    sequence     INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    customer_id  TEXT NOT NULL REFERENCES customer (id),
    created_at   INTEGER NOT NULL
) STRICT;
INSERT INTO organization (sequence, id, customer_id, created_at)
    SELECT purchase.rowid, lower(hex(randomblob(16))), customer.id, purchase.ordered_at
    FROM purchase JOIN account ON account.id = purchase.account_id JOIN customer ON customer.sequence = account.rowid
    WHERE purchase.id IN (SELECT order_id FROM organization_claim UNION SELECT order_id FROM document);

-- A mailbox of a customer's holder, and when its control was last proved.
CREATE TABLE mailbox (
    sequence      INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    customer_id   TEXT NOT NULL REFERENCES customer (id),
    holder_id     TEXT NOT NULL REFERENCES account (id), -- for whose certificates it is proved
    address       TEXT NOT NULL, -- byte for byte as in the certificate
    created_at    INTEGER NOT NULL,
    confirmed_at  INTEGER,
    UNIQUE (customer_id, holder_id, address)
) STRICT;
CREATE INDEX mailbox_confirmed ON mailbox (customer_id, holder_id, confirmed_at, sequence);
INSERT INTO mailbox (id, customer_id, holder_id, address, created_at, confirmed_at)
    SELECT lower(hex(randomblob(16))), customer.id, purchase.account_id, named.address, MIN(purchase.ordered_at), MAX(named.confirmed_at)
    FROM (SELECT id AS order_id, mailbox AS address, NULL AS confirmed_at FROM purchase WHERE mailbox IS NOT NULL
          UNION ALL SELECT order_id, mailbox, confirmed_at FROM mailbox_challenge) AS named
    JOIN purchase ON purchase.id = named.order_id
    JOIN account ON account.id = purchase.account_id
    JOIN customer ON customer.sequence = account.rowid
    GROUP BY customer.id, purchase.account_id, named.address
    ORDER BY MIN(purchase.ordered_at);

-- A mail domain of a customer, and when its control was last proved.
CREATE TABLE domain (
    sequence     INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    customer_id  TEXT NOT NULL REFERENCES customer (id),
    name         TEXT NOT NULL, -- lower case, A-labels
    created_at   INTEGER NOT NULL,
    proved_at    INTEGER,
    UNIQUE (customer_id, name)
) STRICT;

-- The table is called in the plural because `order` is a word of SQL.
CREATE TABLE orders (
    sequence         INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    customer_id      TEXT NOT NULL REFERENCES customer (id),
    ordered_by       TEXT NOT NULL REFERENCES account (id),
    holder_id        TEXT NOT NULL REFERENCES account (id),
    product_id       TEXT NOT NULL,
    idempotency_key  TEXT NOT NULL,
    ordered_at       INTEGER NOT NULL,
    organization_id  TEXT REFERENCES organization (id),
    mailbox_id       TEXT REFERENCES mailbox (id),
    UNIQUE (ordered_by, idempotency_key)
) STRICT;
CREATE INDEX orders_by_customer ON orders (customer_id, sequence);
CREATE INDEX orders_by_holder ON orders (holder_id, sequence);
CREATE INDEX orders_by_organization ON orders (organization_id);
CREATE INDEX orders_by_mailbox ON orders (mailbox_id);
INSERT INTO orders
    SELECT purchase.rowid, purchase.id, customer.id, purchase.account_id, purchase.account_id, purchase.product_id,
           purchase.idempotency_key, purchase.ordered_at, organization.id, mailbox.id
    FROM purchase
    JOIN account ON account.id = purchase.account_id
    JOIN customer ON customer.sequence = account.rowid
    LEFT JOIN organization ON organization.sequence = purchase.rowid
    LEFT JOIN mailbox ON mailbox.customer_id = customer.id AND mailbox.address = purchase.mailbox;

-- Each submission of an organization's data is a row of its own; the newest that is not replaced counts.
CREATE TABLE claim (
    sequence                          INTEGER PRIMARY KEY,
    id                                TEXT NOT NULL UNIQUE,
    customer_id                       TEXT NOT NULL REFERENCES customer (id),
    organization_id                   TEXT NOT NULL REFERENCES organization (id),
    order_id                          TEXT NOT NULL REFERENCES orders (id), -- for which it was submitted
    state                             TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'refused', 'replaced')),
    organization                      TEXT NOT NULL,
    country                           TEXT NOT NULL,
    state_or_province                 TEXT NOT NULL,
    locality                          TEXT NOT NULL,
    organization_identifier           TEXT,
    registration_number_type          TEXT, -- LEI, NTR, VAT; NULL where documents are the proof
    registration_number               TEXT,
    register_answer                   TEXT, -- JSON with a version
    submitted_by                      TEXT NOT NULL REFERENCES account (id),
    submitted_at                      INTEGER NOT NULL,
    decided_at                        INTEGER,
    decided_by                        TEXT REFERENCES account (id),
    verified_organization             TEXT,
    verified_country                  TEXT,
    verified_state_or_province        TEXT,
    verified_locality                 TEXT,
    verified_organization_identifier  TEXT,
    refusal                           TEXT,
    CHECK (state <> 'approved' OR (decided_at IS NOT NULL AND decided_by IS NOT NULL AND verified_organization IS NOT NULL
           AND verified_country IS NOT NULL AND verified_state_or_province IS NOT NULL AND verified_locality IS NOT NULL
           AND verified_organization_identifier IS NOT NULL)),
    CHECK (state <> 'refused' OR (decided_at IS NOT NULL AND decided_by IS NOT NULL AND refusal IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_open_claim_of_an_organization ON claim (organization_id) WHERE state IN ('submitted', 'approved');
CREATE INDEX claim_by_organization ON claim (organization_id, sequence);
CREATE INDEX claim_waiting ON claim (sequence) WHERE state = 'submitted';
CREATE INDEX claim_decided ON claim (decided_at, sequence) WHERE state IN ('approved', 'refused');
CREATE INDEX claim_by_order ON claim (order_id, sequence);
CREATE INDEX claim_verified ON claim (customer_id, decided_at, sequence) WHERE state = 'approved';
CREATE INDEX claim_verified_identifier ON claim (customer_id, verified_organization_identifier, decided_at, sequence) WHERE state = 'approved';
INSERT INTO claim
    SELECT old.rowid, old.id, organization.customer_id, organization.id, old.order_id, old.state,
           old.data ->> 'organization', old.data ->> 'country', old.data ->> 'state_or_province', old.data ->> 'locality',
           old.data ->> 'organization_identifier',
           old.verification ->> 'registration_number_type', old.verification ->> 'registration_number',
           CASE WHEN old.evidence IS NOT NULL THEN json_object('version', 1, 'value', json(old.evidence)) END,
           purchase.account_id, old.submitted_at, old.decided_at, old.decided_by,
           old.verified_data ->> 'organization', old.verified_data ->> 'country', old.verified_data ->> 'state_or_province',
           old.verified_data ->> 'locality', old.verified_data ->> 'organization_identifier', old.refusal
    FROM organization_claim AS old
    JOIN purchase ON purchase.id = old.order_id
    JOIN organization ON organization.sequence = purchase.rowid;

-- A file that shows that an organization exists.
CREATE TABLE new_document (
    sequence         INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    organization_id  TEXT NOT NULL REFERENCES organization (id),
    name             TEXT NOT NULL,
    media_type       TEXT NOT NULL,
    size_bytes       INTEGER NOT NULL,
    sha256           TEXT NOT NULL,
    uploaded_by      TEXT NOT NULL REFERENCES account (id),
    uploaded_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX document_by_organization ON new_document (organization_id, sequence);
INSERT INTO new_document
    SELECT document.rowid, document.id, organization.id, document.name, document.media_type, document.size_bytes,
           document.sha256, purchase.account_id, document.uploaded_at
    FROM document JOIN purchase ON purchase.id = document.order_id
    JOIN organization ON organization.sequence = purchase.rowid;

-- The documents that a submission names as its proof.
CREATE TABLE claim_document (
    claim_id     TEXT NOT NULL REFERENCES claim (id),
    position     INTEGER NOT NULL,
    document_id  TEXT NOT NULL REFERENCES document (id),
    PRIMARY KEY (claim_id, position)
) STRICT;
INSERT INTO claim_document
    SELECT old.id, named.key, named.value
    FROM organization_claim AS old, json_each(old.verification, '$.document_ids') AS named
    WHERE old.verification ->> 'method' = 'document';

-- What shows that one field of an approved claim is right.
CREATE TABLE evidence (
    claim_id    TEXT NOT NULL REFERENCES claim (id),
    field       TEXT NOT NULL CHECK (field IN ('organization', 'country', 'state-or-province', 'locality', 'organization-identifier')),
    source      TEXT NOT NULL, -- a register's name; 'document' where documents are the proof
    said        TEXT,          -- what the source says; NULL where only a person can read it
    said_at     INTEGER NOT NULL,
    decided     TEXT NOT NULL, -- what stands in certificates
    decided_by  TEXT NOT NULL REFERENCES account (id),
    decided_at  INTEGER NOT NULL,
    PRIMARY KEY (claim_id, field)
) STRICT;
INSERT INTO evidence
    SELECT claim.id, field.name, coalesce(entry.register, 'document'),
           CASE WHEN entry.data IS NOT NULL THEN entry.data ->> field.member END,
           coalesce(CAST(strftime('%s', claim.register_answer ->> '$.value.asked_at') AS INTEGER), claim.submitted_at),
           CASE field.name WHEN 'organization' THEN claim.verified_organization WHEN 'country' THEN claim.verified_country
               WHEN 'state-or-province' THEN claim.verified_state_or_province WHEN 'locality' THEN claim.verified_locality
               ELSE claim.verified_organization_identifier END,
           claim.decided_by, claim.decided_at
    FROM claim
    CROSS JOIN (SELECT 'organization' AS name, 'organization' AS member UNION ALL SELECT 'country', 'country'
                UNION ALL SELECT 'state-or-province', 'state_or_province' UNION ALL SELECT 'locality', 'locality'
                UNION ALL SELECT 'organization-identifier', 'organization_identifier') AS field
    LEFT JOIN (SELECT found.id AS claim_id, each.value ->> 'register' AS register, each.value -> 'data' AS data
               FROM claim AS found, json_each(found.register_answer, '$.value.entries') AS each
               WHERE each.value ->> '$.data.organization_identifier' = found.organization_identifier
               GROUP BY found.id) AS entry ON entry.claim_id = claim.id
    WHERE claim.state = 'approved';

-- A random value that was sent to a mailbox. Its lifetime runs from its creation.
CREATE TABLE new_mailbox_challenge (
    token_hash     BLOB PRIMARY KEY,
    mailbox_id     TEXT NOT NULL REFERENCES mailbox (id),
    order_id       TEXT NOT NULL REFERENCES orders (id), -- on whose page it was asked for
    account_id     TEXT NOT NULL REFERENCES account (id),
    message_id     TEXT NOT NULL UNIQUE, -- outbox.id
    created_at     INTEGER NOT NULL,
    superseded_at  INTEGER,
    confirmed_at   INTEGER
) STRICT;
INSERT INTO new_mailbox_challenge
    SELECT old.token_hash, mailbox.id, old.order_id, old.account_id, old.message_id, old.created_at, old.superseded_at,
           old.confirmed_at
    FROM mailbox_challenge AS old
    JOIN purchase ON purchase.id = old.order_id
    JOIN account ON account.id = purchase.account_id
    JOIN customer ON customer.sequence = account.rowid
    JOIN mailbox ON mailbox.customer_id = customer.id AND mailbox.address = old.mailbox;

-- A link that signs in once. Its lifetime runs from the sending of its message; a printed one has none.
CREATE TABLE new_sign_in_link (
    token_hash  BLOB PRIMARY KEY,
    email       TEXT NOT NULL,
    message_id  TEXT UNIQUE, -- outbox.id
    created_at  INTEGER NOT NULL,
    sent_at     INTEGER,
    used_at     INTEGER
) STRICT;
CREATE INDEX sign_in_link_by_age ON new_sign_in_link (created_at);
INSERT INTO new_sign_in_link
    SELECT old.token_hash, old.email, old.message_id, old.created_at, outbox.sent_at, old.used_at
    FROM sign_in_link AS old LEFT JOIN outbox ON outbox.id = old.message_id;

CREATE TABLE new_session (
    token_hash    BLOB PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES account (id),
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_account ON new_session (account_id);
CREATE INDEX session_by_use ON new_session (last_used_at);
CREATE INDEX session_by_age ON new_session (created_at);
INSERT INTO new_session SELECT token_hash, account_id, created_at, last_used_at FROM session;

-- A certificate, from the reservation of its serial number on. Of an order's certificates one replaces no other, and each is
-- replaced by at most one: so at most one of them is not replaced.
CREATE TABLE certificate (
    sequence       INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    order_id       TEXT NOT NULL REFERENCES orders (id),
    customer_id    TEXT NOT NULL REFERENCES customer (id),
    holder_id      TEXT NOT NULL REFERENCES account (id),
    replaces       TEXT UNIQUE,
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
    issued_at      INTEGER,
    UNIQUE (order_id, id),
    FOREIGN KEY (order_id, replaces) REFERENCES certificate (order_id, id)
) STRICT;
CREATE UNIQUE INDEX one_first_certificate_of_an_order ON certificate (order_id) WHERE replaces IS NULL;
CREATE INDEX certificate_by_customer ON certificate (customer_id, sequence) WHERE certificate IS NOT NULL;
CREATE INDEX certificate_by_holder ON certificate (holder_id, sequence) WHERE certificate IS NOT NULL;
CREATE INDEX certificate_reserved ON certificate (sequence) WHERE certificate IS NULL;
INSERT INTO certificate
    SELECT issuance.rowid, certificate_id, order_id, orders.customer_id, orders.holder_id, NULL, serial_number, profile,
           spki_sha256, key_origin, mailbox, organization, not_before, not_after, tbs, certificate, reserved_at, issued_at
    FROM issuance JOIN orders ON orders.id = issuance.order_id;

-- A task that a page has its server hold for the card bridge of the same person.
CREATE TABLE new_card_job (
    id            TEXT PRIMARY KEY,
    order_id      TEXT NOT NULL REFERENCES orders (id),
    account_id    TEXT NOT NULL REFERENCES account (id),
    task          TEXT NOT NULL,        -- JSON with a version
    claim_hash    BLOB NOT NULL UNIQUE,
    report_hash   BLOB UNIQUE,          -- NULL until a bridge has taken the job
    state         TEXT NOT NULL,        -- JSON with a version: what the bridge last reported
    revision      INTEGER NOT NULL,     -- grows with each change of the state
    created_at    INTEGER NOT NULL,
    heard_at      INTEGER,              -- when the bridge took the job, or last reported
    cancelled_at  INTEGER,
    ended_at      INTEGER               -- when the bridge reported the end
) STRICT;
INSERT INTO new_card_job
    SELECT id, order_id, account_id, json_object('version', 1, 'value', json(task)), claim_hash, report_hash,
           json_object('version', 1, 'value', json(state)), revision, created_at, heard_at, cancelled_at, ended_at
    FROM card_job;

-- A message, written in the transaction of the act that it tells of. When it is sent, its job says.
CREATE TABLE new_outbox (
    sequence   INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('sign-in-link', 'mailbox-challenge', 'notice')),
    recipient  TEXT NOT NULL,
    folded     TEXT NOT NULL, -- the recipient in lower case, for counting
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL, -- wiped once an SMTP server has it: links are secrets
    written_at INTEGER NOT NULL,
    sent_at    INTEGER
) STRICT;
INSERT INTO new_outbox
    SELECT rowid, id, kind, recipient, lower(recipient), subject, body, written_at, sent_at FROM outbox;

-- What the server does later, written in the transaction of the act that causes it. Who has the lease works on it.
CREATE TABLE job (
    sequence     INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL CHECK (kind IN ('mail', 'crl', 'removal')),
    subject      TEXT,    -- what it is about, such as outbox.id
    priority     INTEGER NOT NULL, -- 0 before 1 before 2
    created_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT,
    done_at      INTEGER,
    given_up_at  INTEGER
) STRICT;
CREATE INDEX job_waiting ON job (priority, due_at, sequence) WHERE done_at IS NULL AND given_up_at IS NULL;
CREATE INDEX job_open ON job (sequence) WHERE done_at IS NULL;
CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX job_given_up ON job (given_up_at) WHERE given_up_at IS NOT NULL;
CREATE INDEX job_by_subject ON job (subject) WHERE done_at IS NULL;
CREATE UNIQUE INDEX one_waiting_job_of_a_recurring_kind ON job (kind)
    WHERE done_at IS NULL AND given_up_at IS NULL AND kind IN ('crl', 'removal');
INSERT INTO job (id, kind, subject, priority, created_at, due_at, attempts, last_error, given_up_at)
    SELECT lower(hex(randomblob(16))), 'mail', id, CASE kind WHEN 'notice' THEN 2 ELSE 1 END, written_at, next_attempt_at,
           attempts, last_error,
           CASE WHEN written_at <= unixepoch() - 5 * 86400 THEN next_attempt_at END -- given up before
    FROM outbox WHERE sent_at IS NULL ORDER BY rowid;

-- What this database is for, and whose: one row, for ever. Demonstrations have had these two persons from their first start.
CREATE TABLE installation (
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    purpose         TEXT NOT NULL CHECK (purpose IN ('real-use', 'demonstration')),
    issuing_sha256  TEXT NOT NULL, -- of the issuing certificate, lower-case hex
    bound_at        INTEGER NOT NULL,
    moved_at        INTEGER        -- when all of it was copied into another database, which counts since
) STRICT;
INSERT INTO installation (only_row, purpose, issuing_sha256, bound_at)
    SELECT 1, CASE (SELECT COUNT(*) FROM account WHERE email IN ('anna.kowalska@example.com', 'marek.zielinski@example.com'))
                  WHEN 2 THEN 'demonstration' ELSE 'real-use' END, issuing_sha256, bound_at
    FROM authority;

DROP TRIGGER issuance_changes_only_by_its_certificate;
DROP TRIGGER issuance_is_never_deleted;
DROP TABLE authority;
DROP TABLE card_job;
DROP TABLE issuance;
DROP TABLE mailbox_challenge;
DROP TABLE organization_claim;
DROP TABLE document;
DROP TABLE purchase;
DROP TABLE sign_in_link;
DROP TABLE session;
DROP TABLE outbox;
DROP TABLE account;
ALTER TABLE new_account RENAME TO account;
ALTER TABLE new_session RENAME TO session;
ALTER TABLE new_sign_in_link RENAME TO sign_in_link;
ALTER TABLE new_outbox RENAME TO outbox;
ALTER TABLE new_document RENAME TO document;
ALTER TABLE new_mailbox_challenge RENAME TO mailbox_challenge;
ALTER TABLE new_card_job RENAME TO card_job;

CREATE INDEX mailbox_challenge_by_mailbox ON mailbox_challenge (mailbox_id, created_at);
CREATE INDEX mailbox_challenge_by_account ON mailbox_challenge (account_id, created_at);
CREATE UNIQUE INDEX one_open_card_job_per_order ON card_job (order_id) WHERE cancelled_at IS NULL AND ended_at IS NULL;
CREATE INDEX card_job_by_account ON card_job (account_id, created_at);
CREATE INDEX card_job_by_age ON card_job (created_at);
CREATE INDEX outbox_by_recipient ON outbox (folded, written_at);
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX audit_by_moment ON audit (at);

-- What was reserved is what is signed, and what is signed stays.
CREATE TRIGGER certificate_changes_only_once BEFORE UPDATE ON certificate
WHEN OLD.certificate IS NOT NULL
    OR NEW.certificate IS NULL
    OR NEW.order_id IS DISTINCT FROM OLD.order_id
    OR NEW.id IS DISTINCT FROM OLD.id
    OR NEW.replaces IS DISTINCT FROM OLD.replaces
    OR NEW.serial_number IS DISTINCT FROM OLD.serial_number
    OR NEW.spki_sha256 IS DISTINCT FROM OLD.spki_sha256
    OR NEW.tbs IS DISTINCT FROM OLD.tbs
BEGIN SELECT RAISE (ABORT, 'a certificate changes only once, by its signature'); END;
CREATE TRIGGER certificate_is_never_deleted BEFORE DELETE ON certificate
BEGIN SELECT RAISE (ABORT, 'a certificate is never deleted'); END;
