//! From a verified order to one certificate.
