//! `signet-card-bridge`: the command line.

fn main() {}
