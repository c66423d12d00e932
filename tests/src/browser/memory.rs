//! What a browser holds: the memory of its processes, of the page's modules, the live objects of the page, and what the site
//! has stored.

use anyhow::{Context, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::{
    Browser,
    devtools::DevTools,
    process_memory::{descendants, kind, read_all},
};
use crate::marks::{Found, Marks};

/// A browser with a page has more. Our choice: below what was measured with an empty page, about 100 MB.
const LEAST_BYTES: usize = 50 << 20;

/// Notes the memory of each WebAssembly module that the page starts.
const NOTE_MODULES: &str = "for (const name of ['instantiate', 'instantiateStreaming']) { \
    const original = WebAssembly[name]; \
    WebAssembly[name] = async (...given) => { \
        const result = await original.apply(WebAssembly, given); \
        const memory = (result.instance ?? result).exports.memory; \
        if (memory) (window.signetTestMemories ??= []).push(memory); \
        return result; }; }";

const MODULES: &str = "return (window.signetTestMemories ?? []) \
    .map(memory => new Uint8Array(memory.buffer).toBase64()).join(' ');";

/// Everything that scripts of the site have stored, a piece each.
const STORED: &str = "const pieces = []; \
    const text = string => pieces.push(new TextEncoder().encode(string).toBase64()); \
    for (const storage of [localStorage, sessionStorage]) text(JSON.stringify({...storage})); \
    text(document.cookie); \
    const value = (name, content) => { \
        if (content instanceof ArrayBuffer) pieces.push(new Uint8Array(content).toBase64()); \
        else if (ArrayBuffer.isView(content)) pieces.push(new Uint8Array(content.buffer).toBase64()); \
        else if (content && typeof content === 'object') Object.entries(content).forEach(([k, v]) => value(k, v)); \
        text(`${name}: ${content}`); }; \
    const settled = request => new Promise((yes, no) => { \
        request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); }); \
    for (const {name} of await indexedDB.databases()) { \
        const database = await settled(indexedDB.open(name)); \
        for (const store of database.objectStoreNames) { \
            const objects = database.transaction(store).objectStore(store); \
            const [keys, values] = [await settled(objects.getAllKeys()), await settled(objects.getAll())]; \
            keys.forEach((key, index) => value(`${name} ${store} ${key}`, values[index])); } \
        database.close(); } \
    for (const name of await caches.keys()) text(`cache ${name}`); \
    return pieces.join(' ');";

impl Browser {
    /// From the next page on, [`Browser::modules_hold`] can tell.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn notes_modules(&self) -> anyhow::Result<()> {
        self.tampers(NOTE_MODULES).await
    }

    /// What of the marks stands in the memory of the page's own WebAssembly modules, used or freed.
    ///
    /// # Errors
    /// When the page has none that was noted.
    pub async fn modules_hold(&self, marks: &Marks) -> anyhow::Result<Found> {
        let memories = self.asks(MODULES).await?;
        ensure!(!memories.is_empty(), "the page has no module");
        found_in_pieces(&memories, marks)
    }

    /// What of the marks the site has stored: in local and session storage, in IndexedDB, in cookies.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn storage_holds(&self, marks: &Marks) -> anyhow::Result<Found> {
        found_in_pieces(&self.asks(STORED).await?, marks)
    }

    /// What of the marks stands in objects that the page can still reach, as a snapshot of its heap shows them.
    ///
    /// # Errors
    /// When the browser gives no snapshot.
    pub async fn live_objects_hold(&self, marks: &Marks) -> anyhow::Result<Found> {
        let mut devtools = DevTools::connect(&self.driver).await?;
        devtools.call("HeapProfiler.enable", json!({})).await?;
        devtools.call("HeapProfiler.takeHeapSnapshot", json!({"reportProgress": false})).await?;
        let chunks = devtools.events_so_far("HeapProfiler.addHeapSnapshotChunk");
        let snapshot: String = chunks.iter().filter_map(|chunk| chunk["chunk"].as_str()).collect();
        ensure!(snapshot.contains("\"strings\":["), "the snapshot has no strings");
        let mut found = Found::new();
        marks.find(snapshot.as_bytes(), &mut found);
        Ok(found)
    }

    /// What of the marks stands in the memory of all processes of the browser, whatever it is used for, or was used for before
    /// it was freed.
    ///
    /// # Errors
    /// When the system does not let us read it.
    pub fn processes_hold(&self, marks: &Marks) -> anyhow::Result<Found> {
        let chromedriver = self.chromedriver.id().context("chromedriver has ended")?;
        let mut found = Found::new();
        let mut bytes = 0;
        for process in descendants(chromedriver)? {
            let kind = kind(process);
            let mut here = Found::new();
            bytes += read_all(process, |block| marks.find(block, &mut here), marks.longest())
                .with_context(|| format!("cannot read the memory of {kind}"))?;
            found.extend(here.into_iter().map(|(name, n)| (format!("{kind}: {name}"), n)));
        }
        ensure!(bytes >= LEAST_BYTES, "only {bytes} bytes of the browser's memory could be read");
        Ok(found)
    }

    /// What of the marks stands in the files of the browser's profile.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn profile_holds(&self, marks: &Marks) -> anyhow::Result<Found> {
        marks.in_folder(self.profile.path())
    }
}

fn found_in_pieces(pieces: &str, marks: &Marks) -> anyhow::Result<Found> {
    let mut found = Found::new();
    for piece in pieces.split(' ') {
        marks.find(&BASE64_STANDARD.decode(piece)?, &mut found);
    }
    Ok(found)
}
