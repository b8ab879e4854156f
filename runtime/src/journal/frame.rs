//! One frame.
use crate::record::BatchOnDisk;
/// A frame as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Counts from 1.
    pub number: u64,
    /// BLAKE3 of the frame before.
    pub previous: [u8; 32],
    /// The group.
    pub batches: Vec<BatchOnDisk>,
}
