//! How the databases carry out our statements: none reads a whole table that grows.

use crate::{database::TestDatabase, stage::Stage};
use std::{fs, path::Path};

/// Tables that do not grow.
const SMALL: [&str; 1] = ["installation"];

/// What PostgreSQL alone has: its functions and what it says of itself.
const POSTGRES_ALONE: &str = "pg_";

/// Every text between quotation marks that follows `query(` in `storage/`.
fn statements() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage");
    let mut statements = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let production = text.split("#[cfg(test)]").next().unwrap();
        for part in production.split(".query(").skip(1) {
            let Some(quoted) = part.trim_start().strip_prefix('"') else { continue };
            let statement = quoted.split('"').next().unwrap().to_owned();
            if ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|word| statement.starts_with(word)) {
                statements.push((name.clone(), statement));
            }
        }
    }
    statements
}

/// The highest number of a placeholder.
fn placeholders(statement: &str) -> usize {
    (1..30).take_while(|number| statement.contains(&format!("${number}"))).count()
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_that_grows() {
    let stage = Stage::new().await;
    let statements = statements();
    assert!(statements.len() > 60, "only {} statements were found", statements.len());
    let mut scans = Vec::new();
    for (file, statement) in &statements {
        // A backup reads everything.
        if statement.contains(POSTGRES_ALONE) || file == "snapshot.rs" {
            continue;
        }
        let steps = plan(&stage.database, statement).await;
        // A walk from one end in the order that is asked for, to a limit: it reads what it gives.
        let is_sorted = steps.iter().any(|step| step.contains("TEMP B-TREE") || step.contains("Sort"));
        let is_walk = statement.contains("LIMIT") && !is_sorted;
        for step in steps {
            let is_small = SMALL.iter().any(|table| step.contains(table)) || is_walk;
            if is_scan(&stage.database, &step) && !is_small {
                scans.push(format!("{file}: {step}\n    {statement}"));
            }
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}

fn is_scan(database: &TestDatabase, step: &str) -> bool {
    if database.is_sqlite() {
        step.starts_with("SCAN ") && !step.contains("INDEX") && !step.contains("CONSTANT ROW")
    } else {
        step.contains("Seq Scan")
    }
}

async fn plan(database: &TestDatabase, statement: &str) -> Vec<String> {
    if database.is_sqlite() {
        return database.rows_of(&format!("EXPLAIN QUERY PLAN {statement}"), "detail").await;
    }
    // Where an index would do, it is used: what is still read whole has none.
    let nulls = vec!["NULL"; placeholders(statement)].join(", ");
    let execute =
        if nulls.is_empty() { "EXECUTE asked".to_owned() } else { format!("EXECUTE asked ({nulls})") };
    database
        .plan_of(&[
            "SET plan_cache_mode = force_generic_plan".to_owned(),
            "SET enable_seqscan = off".to_owned(),
            format!("PREPARE asked AS {statement}"),
            format!("EXPLAIN {execute}"),
        ])
        .await
}
