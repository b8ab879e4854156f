//! The marker of a node: the file that says whose a directory is, so that nobody takes it for a machine alone.
//!
//! What a node's ledger holds stands in the log first. A frame added past the log would part this ledger from those of
//! all other nodes, so whoever opens a directory to write says who they are, and [`admit`] holds that against the
//! marker. Copies are made without it: they are nobody's node.

use std::fmt;
use std::io;
use std::path::Path;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use super::disk::{Disk, Files, remove_if_there};
use super::failure::Failure;
use super::replacing;
use crate::cluster::log::Link;

/// The marker's name in the directory of the journal.
pub const FILE: &str = "cluster.json";
/// The marker that is being written.
const UNFINISHED: &str = "cluster.json.new";
/// The form of the file.
const FORMAT: u32 = 1;
/// A longer file is no marker.
const BYTES_MAX: usize = 4096;

/// Whose a directory is, and where its ledger began to be the log's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    pub cluster: CompactString,
    /// Its name in the cluster.
    pub node: CompactString,
    /// Of the log that it followed last.
    pub reign: u64,
    /// The last frame of the ledger when that reign began; what comes behind it stands in the log.
    pub base_frame: u64,
    /// The link of that frame.
    pub base_link: Link,
}

/// Who opens a directory to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Membership {
    /// A machine alone, or a command beside no node.
    #[default]
    Alone,
    /// This node of this cluster.
    Node { cluster: CompactString, node: CompactString },
}

/// A directory of one node that another one opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherNode {
    pub directory: String,
    /// Whose it is: cluster and node.
    pub of: (CompactString, CompactString),
    /// Who opens it: cluster and node.
    pub by: (CompactString, CompactString),
}

impl fmt::Display for OtherNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OtherNode { directory, of: (cluster, node), by: (by_cluster, by_node) } = self;
        write!(
            f,
            "`{directory}` is that of node `{node}` of the cluster `{cluster}`, not of `{by_node}` of `{by_cluster}`"
        )
    }
}

/// As it stands in the file.
#[derive(Serialize, Deserialize)]
struct Written {
    format: u32,
    cluster: CompactString,
    node: CompactString,
    reign: u64,
    base_frame: u64,
    base_link: String,
}

/// The marker in `files`; none in a directory of a machine alone.
///
/// # Errors
/// The disk's; [`Failure::Marker`] when it cannot be understood: the directory is then still a node's.
pub fn read(files: &dyn Files) -> Result<Option<Marker>, Failure> {
    let bytes = match files.read_at(FILE, 0, BYTES_MAX) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| Failure::io("read", FILE, error))?,
    };
    parse(&bytes).map(Some).map_err(|flaw| Failure::Marker { flaw })
}

fn parse(bytes: &[u8]) -> Result<Marker, String> {
    let written: Written = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let Written { format, cluster, node, reign, base_frame, base_link } = written;
    if format != FORMAT {
        return Err(format!("it has format {format}, and this release knows {FORMAT}"));
    }
    let base_link = Link::from_hex(&base_link).ok_or("`base_link` is no link")?;
    Ok(Marker { cluster, node, reign, base_frame, base_link })
}

impl Marker {
    /// Makes `disk` this node's, durably; in place of the marker there was.
    ///
    /// # Errors
    /// The disk's: the marker is then the one there was, if any, or after [`Failure::Unsynced`] either.
    pub fn put(&self, disk: &mut dyn Disk) -> Result<(), Failure> {
        let written = Written {
            format: FORMAT,
            cluster: self.cluster.clone(),
            node: self.node.clone(),
            reign: self.reign,
            base_frame: self.base_frame,
            base_link: self.base_link.to_hex(),
        };
        let json = serde_json::to_vec_pretty(&written).map_err(io::Error::from);
        let bytes = json.map_err(|error| Failure::io("write", UNFINISHED, error))?;
        replacing::write(disk, UNFINISHED, &bytes)?;
        disk.sync(UNFINISHED).map_err(|error| Failure::unsynced(UNFINISHED, error))?;
        replacing::rename(disk, UNFINISHED, FILE)?;
        disk.sync_dir("").map_err(|error| Failure::unsynced(".", error))
    }
}

/// Makes `disk` that of a machine alone, durably; no fault where it is.
///
/// # Errors
/// The disk's.
pub fn remove(disk: &mut dyn Disk) -> Result<(), Failure> {
    remove_if_there(disk, FILE).map_err(|error| Failure::io("remove", FILE, error))?;
    disk.sync_dir("").map_err(|error| Failure::unsynced(".", error))
}

/// Lets `who` write in `dir`, whose files are `files`, or says why not.
///
/// # Errors
/// [`Failure::Clustered`], [`Failure::OtherNode`], [`Failure::NotJoined`]; otherwise as [`read`].
pub fn admit(files: &dyn Files, dir: &Path, who: &Membership) -> Result<(), Failure> {
    let directory = || dir.display().to_string();
    match (read(files)?, who) {
        (None, Membership::Alone) => Ok(()),
        (None, Membership::Node { cluster, node }) => Err(Failure::NotJoined {
            directory: directory(),
            cluster: cluster.clone(),
            node: node.clone(),
        }),
        (Some(Marker { cluster, node, .. }), Membership::Alone) => {
            Err(Failure::Clustered { directory: directory(), cluster, node })
        }
        (Some(marker), Membership::Node { cluster, node }) => {
            if marker.cluster == *cluster && marker.node == *node {
                return Ok(());
            }
            let of = (marker.cluster, marker.node);
            let by = (cluster.clone(), node.clone());
            Err(Failure::OtherNode(Box::new(OtherNode { directory: directory(), of, by })))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::disk::MemoryDisk;

    fn marker(reign: u64) -> Marker {
        let (cluster, node) = ("suning".into(), "node-1".into());
        Marker { cluster, node, reign, base_frame: 4711, base_link: Link([0xa7; 20]) }
    }

    #[test]
    fn the_marker_that_was_put_last_holds_until_it_is_removed() {
        let mut disk = MemoryDisk::new();
        assert_eq!(read(&disk).unwrap(), None);
        for reign in [1, 2] {
            marker(reign).put(&mut disk).unwrap();
            assert_eq!(read(&disk).unwrap(), Some(marker(reign)));
        }
        remove(&mut disk).unwrap();
        remove(&mut disk).unwrap();
        assert_eq!(read(&disk).unwrap(), None);
    }

    #[test]
    fn a_marker_takes_the_place_of_another_only_once_it_is_safe() {
        let mut disk = MemoryDisk::new();
        marker(1).put(&mut disk).unwrap();
        disk.fail_syncs();
        assert!(matches!(marker(2).put(&mut disk), Err(Failure::Unsynced { .. })));
        assert_eq!(read(&disk).unwrap(), Some(marker(1)));
        assert!(matches!(remove(&mut disk), Err(Failure::Unsynced { .. })));
    }

    #[test]
    fn the_file_is_read_by_people_and_by_releases_to_come() {
        let mut disk = MemoryDisk::new();
        marker(1).put(&mut disk).unwrap();
        let text = String::from_utf8(disk.bytes(FILE).unwrap()).unwrap();
        let link = "a7".repeat(20);
        assert_eq!(
            text,
            format!(
                "{{\n  \"format\": 1,\n  \"cluster\": \"suning\",\n  \"node\": \"node-1\",\n  \
                 \"reign\": 1,\n  \"base_frame\": 4711,\n  \"base_link\": \"{link}\"\n}}"
            )
        );
    }

    #[test]
    fn a_marker_that_cannot_be_understood_is_told_and_never_taken_for_none() {
        let mut disk = MemoryDisk::new();
        marker(1).put(&mut disk).unwrap();
        let text = String::from_utf8(disk.bytes(FILE).unwrap()).unwrap();
        let damaged = [
            String::new(),
            text[..text.len() / 2].to_owned(),
            text.replace("\"format\": 1", "\"format\": 2"),
            text.replace("a7a7", "a7"),
            text.replace("\"reign\"", "\"rain\""),
            "x".repeat(2 * BYTES_MAX),
        ];
        for bytes in damaged {
            let mut disk = MemoryDisk::new();
            disk.write_new(FILE, bytes.as_bytes()).unwrap();
            assert!(matches!(read(&disk), Err(Failure::Marker { .. })), "{bytes}");
            let alone = admit(&disk, Path::new("data"), &Membership::Alone);
            assert!(matches!(alone, Err(Failure::Marker { .. })), "{bytes}");
        }
    }
}
