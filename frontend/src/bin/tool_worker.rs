//! The Web Worker of the Tools: all that the crypto worker does, and what only the Tools ask for; also for keys that no
//! certificate is made for, which the feature `tools` adds.
//!
//! A module of its own, so that who activates a certificate does not load it.

use frontend::crypto::{
    tools,
    worker_scope::{Derivation, random_source, serve},
};

fn main() {
    serve(async |task, teller| {
        tools::task::perform(task, &mut random_source()?, &Derivation, &mut |progress| teller.tell(progress))
            .await
    });
}
