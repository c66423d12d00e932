//! The rules of S/MIME certificates, public side only.
