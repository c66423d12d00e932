//! A disk that fills while the server runs, and has room again later.
//!
//! The test starts itself once more in a mount namespace of its own, and mounts a small file system there: it goes away
//! with the process, however that ends.

use crate::{
    client::Person,
    stage::{CUSTOMER, Stage},
};
use serde_json::json;
use std::{
    env,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::Path,
    process::Command,
};

/// Set in the process that may mount: the folder to mount at.
const MOUNT_POINT: &str = "SIGNET_TEST_MOUNT_POINT";

/// The first is for root, the second for everybody where the system lets them.
const NAMESPACES: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

#[test]
fn after_a_full_disk_every_order_succeeds_without_a_restart() {
    if let Some(disk) = env::var_os(MOUNT_POINT) {
        tokio::runtime::Runtime::new().unwrap().block_on(fill_and_empty(Path::new(&disk)));
        return;
    }
    let namespace =
        NAMESPACES.into_iter().find(|options| unshare(options).arg("true").status().unwrap().success());
    let namespace =
        namespace.expect("this test mounts a file system: run it as root, or allow user namespaces");
    let name = concat!(module_path!(), "::after_a_full_disk_every_order_succeeds_without_a_restart");
    let (_crate, name) = name.split_once("::").unwrap();
    let disk = tempfile::tempdir().unwrap();
    let mut inside = unshare(namespace);
    inside.arg(env::current_exe().unwrap()).args(["--exact", name, "--nocapture"]);
    inside.env(MOUNT_POINT, disk.path());
    let ended = inside.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout) + String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
}

fn unshare(options: &[&str]) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(options).arg("--");
    unshare
}

async fn fill_and_empty(disk: &Path) {
    mount_small_disk(disk);
    let stage = Stage::in_folder(tempfile::tempdir_in(disk).unwrap()).await;
    let customer = stage.sign_in(CUSTOMER).await;
    let filler = disk.join("filler");
    fill(&filler);
    assert_ne!(failed_orders(&customer, "while full").await, 0, "the disk was not full");
    fs::remove_file(filler).unwrap();
    assert_eq!(failed_orders(&customer, "afterwards").await, 0);
}

/// Room for thousands of orders.
fn mount_small_disk(folder: &Path) {
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(folder).status();
    assert!(mount.unwrap().success());
}

fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    let error = loop {
        if let Err(error) = file.write_all(&[0; 4096]) {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}

const ORDERS: usize = 200;

/// How many of [`ORDERS`] orders are answered with an error of the server.
async fn failed_orders(customer: &Person, when: &str) -> usize {
    let mut failed = 0;
    for number in 0..ORDERS {
        let request =
            json!({"product_id": "smime-organization-365", "idempotency_key": format!("{when} {number}")});
        match customer.send("POST", "/api/orders", Some(&request)).await.status {
            201 => {}
            500 => failed += 1,
            status => panic!("{status}"),
        }
    }
    failed
}
