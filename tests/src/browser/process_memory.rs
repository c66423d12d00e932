//! The memory of other processes, as Linux shows it to who started them (proc(5)).

use std::{
    fs::{self, File},
    ops::Range,
    os::unix::fs::FileExt,
    path::Path,
};

use anyhow::Context;

/// How much is read at once.
const BLOCK_BYTES: usize = 1 << 22;
/// On x86-64. Where pages are larger, several entries say the same of one.
const PAGE_BYTES: usize = 4096;
/// The size of an entry of the page map, and in its last byte: the page is in memory, or in the swap.
const ENTRY_BYTES: usize = 8;
const HAS_CONTENT: u8 = 0b1100_0000;

/// All processes that this one has started, and those that they have.
///
/// # Errors
/// When the system does not list its processes.
pub(super) fn descendants(ancestor: u32) -> anyhow::Result<Vec<u32>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Ok(process) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // One may have ended in the meantime.
        let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok());
        all.extend(parent.map(|parent| (process, parent)));
    }
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
        next += 1;
    }
    found.remove(0);
    Ok(found)
}

/// What kind of process of Chromium it is, such as `renderer`; the browser itself has no type.
pub(super) fn kind(process: u32) -> String {
    let command = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let command = String::from_utf8_lossy(&command).into_owned();
    let kind = command.split('\0').find_map(|argument| argument.strip_prefix("--type="));
    kind.unwrap_or("browser").to_owned()
}

/// Gives, block by block, all that the process has written to, and tells how many bytes that were: fewer of one that ends
/// in the meantime. Blocks overlap by so many bytes.
///
/// # Errors
/// When the system does not let us.
pub(super) fn read_all(process: u32, take: impl FnMut(&[u8]), overlap: usize) -> anyhow::Result<usize> {
    let folder = Path::new("/proc").join(process.to_string());
    match read_folder(&folder, take, overlap) {
        // Its entries are still there when its memory is not (proc(5)).
        Err(_) if has_ended(&folder) => Ok(0),
        read => read,
    }
}

/// A process whose end nobody has asked for yet has no memory any more.
fn has_ended(folder: &Path) -> bool {
    fs::read_to_string(folder.join("maps")).map_or(true, |maps| maps.is_empty())
}

fn read_folder(folder: &Path, mut take: impl FnMut(&[u8]), overlap: usize) -> anyhow::Result<usize> {
    let maps = fs::read_to_string(folder.join("maps"))?;
    let (memory, pages) = (File::open(folder.join("mem"))?, File::open(folder.join("pagemap"))?);
    let mut bytes = 0;
    let mut block = vec![0; BLOCK_BYTES + overlap];
    for part in maps.lines().filter_map(writable) {
        for run in with_content(&pages, &part)? {
            for start in run.clone().step_by(BLOCK_BYTES) {
                let wanted = usize::try_from(run.end - start)?.min(block.len());
                let wanted = block.get_mut(..wanted).context("a block of that length")?;
                // The process goes on, and may have given the page back.
                let read = memory.read_at(wanted, start).unwrap_or_default();
                take(wanted.get(..read).context("no more than was asked for")?);
                bytes += read.min(BLOCK_BYTES);
            }
        }
    }
    Ok(bytes)
}

/// A part of memory that can be written to. What cannot was loaded from a file.
fn writable(line: &str) -> Option<Range<u64>> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    words.next()?.starts_with("rw").then_some(())?;
    Some(u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?)
}

/// Where there is content: most of what a browser reserves it never touches.
fn with_content(pages: &File, part: &Range<u64>) -> anyhow::Result<Vec<Range<u64>>> {
    let page = u64::try_from(PAGE_BYTES)?;
    let mut entries = vec![0; usize::try_from((part.end - part.start) / page)? * ENTRY_BYTES];
    pages.read_exact_at(&mut entries, part.start / page * u64::try_from(ENTRY_BYTES)?)?;
    let mut runs: Vec<Range<u64>> = Vec::new();
    for (entry, start) in entries.chunks_exact(ENTRY_BYTES).zip((part.start..).step_by(PAGE_BYTES)) {
        if entry.last().is_none_or(|flags| flags & HAS_CONTENT == 0) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.end == start => run.end += page,
            _ => runs.push(start..start + page),
        }
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_that_has_ended_holds_nothing() {
        let mut process = Command::new("sleep").arg("600").spawn().unwrap();
        let folder = Path::new("/proc").join(process.id().to_string());
        assert!(!has_ended(&folder));
        // Nobody waits for it yet, so that its entries stay.
        process.kill().unwrap();
        while !has_ended(&folder) {
            std::thread::yield_now();
        }
        let found = read_all(process.id(), |_| panic!("there is no memory"), 0);
        process.wait().unwrap();
        assert_eq!(found.unwrap(), 0);
        assert_eq!(read_all(process.id(), |_| panic!("there is no process"), 0).unwrap(), 0);
    }
}
