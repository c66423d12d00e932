-- Which certification authority this database belongs to: one row, for ever.
CREATE TABLE authority (
    the_only_one    INTEGER PRIMARY KEY CHECK (the_only_one = 1),
    issuing_sha256  TEXT NOT NULL, -- of the issuing certificate, lower-case hex
    bound_at        INTEGER NOT NULL
) STRICT;

-- Every list of revoked certificates that the issuing CA signed.
CREATE TABLE crl (
    number       INTEGER PRIMARY KEY, -- grows; RFC 5280 §5.2.3
    this_update  INTEGER NOT NULL,
    next_update  INTEGER NOT NULL,
    der          BLOB NOT NULL
) STRICT;

-- What was reserved is what is signed, and what is signed stays.
CREATE TRIGGER issuance_changes_only_by_its_certificate BEFORE UPDATE ON issuance
WHEN OLD.certificate IS NOT NULL
    OR NEW.certificate IS NULL
    OR NEW.order_id IS NOT OLD.order_id
    OR NEW.certificate_id IS NOT OLD.certificate_id
    OR NEW.serial_number IS NOT OLD.serial_number
    OR NEW.spki_sha256 IS NOT OLD.spki_sha256
    OR NEW.tbs IS NOT OLD.tbs
BEGIN SELECT RAISE (ABORT, 'an issuance changes only once, by its certificate'); END;
CREATE TRIGGER issuance_is_never_deleted BEFORE DELETE ON issuance
BEGIN SELECT RAISE (ABORT, 'an issuance is never deleted'); END;
