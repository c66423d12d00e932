//! The private side, in the browser: keys, requests, PFX, recovery file.
