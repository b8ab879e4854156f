//! Blobs (signatures).
use super::disk::Disk;
use super::failure::Failure;
/// A blob's BLAKE3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub [u8; 32]);
/// Content by its hash.
pub struct BlobStore { disk: Box<dyn Disk> }
impl BlobStore {
    /// Opens.
    pub fn open(disk: Box<dyn Disk>) -> Result<BlobStore, Failure> { todo!() }
    /// Durable when it returns.
    pub fn put(&self, bytes: &[u8]) -> Result<BlobId, Failure> { todo!() }
    /// Checked against its name.
    pub fn get(&self, id: &BlobId) -> Result<Vec<u8>, Failure> { todo!() }
    /// All, sorted.
    pub fn list(&self) -> Result<Vec<BlobId>, Failure> { todo!() }
}
