//! Turning a JPEG by moving its coefficients: nothing is decoded, nothing is lost.

use turbojpeg::{Transform, Transformer};

use super::Header;
use crate::orientation::Turn;

/// The turned picture without metadata, or `None` when its sides are not whole blocks (then the edge
/// blocks would land in the middle and it must be encoded anew).
pub(crate) fn turned_without_loss(bytes: &[u8], header: &Header, turn: Turn) -> Option<Vec<u8>> {
    let mut transform = Transform::op(turn.lossless());
    transform.perfect = true;
    transform.optimize = true;
    transform.copy_none = true;
    Transformer::new().ok()?.transform_to_vec(&transform, &header.picture(bytes)).ok()
}
