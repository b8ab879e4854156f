//! The machine a run was made on, and what a process takes of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use duban_runtime::clock::{Clock, SystemClock};

/// A watch that was started.
#[derive(Debug)]
pub struct Watch(SystemClock, Duration);

impl Default for Watch {
    fn default() -> Watch {
        let clock = SystemClock::start();
        let started = clock.monotonic();
        Watch(clock, started)
    }
}

impl Watch {
    /// Since it was started.
    pub fn elapsed(&self) -> Duration {
        self.0.monotonic().saturating_sub(self.1)
    }
}

/// Bytes of this process in memory now.
pub fn resident_bytes() -> f64 {
    status("VmRSS:")
}

/// The most it ever had.
pub fn peak_bytes() -> f64 {
    status("VmHWM:")
}

/// Seconds of processor time this process took so far, all threads together.
pub fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn status(field: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1_024.0)
}

/// Bytes of all files under `dir`.
pub fn bytes_under(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_under(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

/// One line about the machine: cores, processor, memory, kernel, file system under `dir`.
pub fn line(dir: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = first("/proc/cpuinfo", "model name");
    let cpu = cpu.trim_start_matches([':', ' ', '\t']);
    let memory = first("/proc/meminfo", "MemTotal:");
    let gib = memory.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok());
    let gib = gib.unwrap_or(f64::NAN) / (1_024.0 * 1_024.0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let file_system = file_system(dir);
    format!("{cores} cores, {cpu}, {gib:.0} GiB, Linux {}, {file_system}", kernel.trim())
}

/// How busy the machine is with everything, this process included.
pub fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or_default().to_owned()
}

fn first(file: &str, field: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(field));
    value.unwrap_or_default().trim().to_owned()
}

fn file_system(dir: &Path) -> String {
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (place, kind) = (words.next()?, words.next()?);
        dir.starts_with(place).then(|| (place.len(), kind.to_owned()))
    });
    mounts.max_by_key(|(length, _)| *length).map_or_else(|| "?".to_owned(), |(_, kind)| kind)
}
