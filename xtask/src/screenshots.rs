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
    workspace::Workspace,
};

/// The pictures that the README shows, by the end of their name, and what they are called there.
const COMMITTED: [(&str, &str); 2] = [
    ("key-pair-generation-1280-light.png", "wizard.png"),
    ("key-pair-generation-390-dark.png", "wizard-narrow-dark.png"),
];

/// Goes the journeys of the whole-system tests, with four pictures of each page.
///
/// # Errors
/// When something does not build, is missing, or a page does not appear.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    let judges = prerequisites::ensure(workspace)?;
    build::execute(workspace)?;
    announce("Taking pictures of every page, wide and narrow, light and dark");
    let folder = workspace.target().join("screenshots");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let mut journeys = test::whole_system(workspace, &judges);
    command::run(journeys.env("SIGNET_PICTURES", &folder))?;

    let pictures = pictures(&folder)?;
    let committed = workspace.root().join("docs/screenshots");
    fs::create_dir_all(&committed).with_context(|| format!("cannot make {}", committed.display()))?;
    for (ending, name) in COMMITTED {
        let picture = pictures.iter().find(|picture| picture.to_string_lossy().ends_with(ending));
        let picture = picture.with_context(|| format!("no picture *{ending}"))?;
        fs::copy(picture, committed.join(name))
            .with_context(|| format!("cannot copy {}", picture.display()))?;
    }
    println!("\n{} pictures in {}", pictures.len(), folder.display());
    println!("{} of them, for the README, in {}", COMMITTED.len(), committed.display());
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
