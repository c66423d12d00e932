//! Ten complaints about other packages for keys and certificates in JavaScript, each as a test of this one. The
//! scripts are in `pains/`; they run in Node, in a project that has the package installed.

use anyhow::Result;

use crate::project::Project;

fn holds(script: &str) -> Result<()> {
    let project = Project::new()?;
    project.add("fixtures")?;
    project.add("pains")?;
    project.node(script)?;
    Ok(())
}

#[test]
fn pain_1_a_pfx_opens_with_its_password_and_a_wrong_password_is_told_from_a_damaged_file() -> Result<()> {
    holds("pfx-opens.mjs")
}

#[test]
fn pain_2_no_cipher_that_openssl_3_refuses_is_written() -> Result<()> {
    holds("ciphers.mjs")
}

#[test]
fn pain_3_making_a_key_freezes_nothing_tells_its_progress_and_can_be_cancelled() -> Result<()> {
    holds("cancel.mjs")
}

#[test]
fn pain_4_it_needs_no_window_and_runs_in_a_worker() -> Result<()> {
    holds("worker.mjs")
}

#[test]
fn pain_5_it_is_small_and_what_is_not_used_is_shaken_off() -> Result<()> {
    holds("size.mjs")
}

#[test]
fn pain_6_every_address_of_a_request_is_in_it() -> Result<()> {
    holds("addresses.mjs")
}

#[test]
fn pain_7_every_text_is_in_the_string_type_of_the_standard() -> Result<()> {
    holds("string-types.mjs")
}

#[test]
fn pain_8_a_given_request_is_judged_with_reasons() -> Result<()> {
    holds("reasons.mjs")
}

#[test]
fn pain_9_every_export_has_a_type_and_every_error_a_code() -> Result<()> {
    holds("declared.mjs")
}

#[test]
fn pain_10_a_forgotten_start_is_told_and_a_forgotten_key_is_freed() -> Result<()> {
    holds("lifetime.mjs")
}
