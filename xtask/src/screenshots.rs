//! `cargo xtask screenshots`: pictures of every page, to be looked at.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::{
    build,
    command::{self, announce},
    prerequisites, test,
    workspace::{Profile, Workspace},
};

/// The pictures that the README shows: journey, end of the name, and name in `docs/screenshots`.
const README_PICTURES: [(&str, &str, &str); 3] = [
    ("rsa-2048", "key-pair-generation-1280-light.png", "key-pair-generation.png"),
    ("pasted-request", "two-requests-1280-light.png", "request-verdict.png"),
    ("card-missing", "no-card-1280-light.png", "smart-card.png"),
];

/// Goes the journeys of the whole-system tests, with four pictures of each page.
///
/// # Errors
/// When something does not build, is missing, or a page does not appear.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    let judges = prerequisites::ensure(workspace)?;
    build::execute(workspace)?;
    build::bridge(workspace, Profile::Release)?;
    announce("Taking pictures of every page, wide and narrow, light and dark");
    let folder = workspace.target().join("screenshots");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    command::run(test::journeys(workspace, &judges).env("SIGNET_PICTURES", &folder))?;
    // Those of the tests with cards that go through what can be missing.
    command::run(
        test::cards(workspace, &judges, Profile::Release).arg("recovery").env("SIGNET_PICTURES", &folder),
    )?;

    let pictures = pictures(&folder)?;
    println!("\n{} pictures in {}", pictures.len(), folder.display());
    for (journey, ending, name) in README_PICTURES {
        let in_journey = folder.join(journey);
        let picture = pictures
            .iter()
            .find(|picture| picture.starts_with(&in_journey) && picture.to_string_lossy().ends_with(ending))
            .with_context(|| format!("no picture *{ending} of the journey {journey}"))?;
        let committed = workspace.root().join("docs/screenshots").join(name);
        fs::copy(picture, &committed).with_context(|| format!("cannot write {}", committed.display()))?;
        println!("One of them, for the README, is {}", committed.display());
    }
    Ok(())
}

/// All pictures under the folder, in order.
fn pictures(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut pictures = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            pictures.extend(self::pictures(&path)?);
        } else {
            pictures.push(path);
        }
    }
    pictures.sort();
    Ok(pictures)
}
