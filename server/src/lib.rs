//! Verifies organizations and mailboxes, and issues S/MIME certificates.
