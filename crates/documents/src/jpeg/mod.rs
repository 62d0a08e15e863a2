//! JPEG: what the file says about itself, decoding, encoding and turning without loss.

mod decode;
mod encode;
mod entropy;
mod markers;
mod segments;
mod shrink;
mod turn;

pub(crate) use decode::{Health, decode, decode_part, decode_rgb, suffices};
pub(crate) use encode::{Chroma, Tables, encode, encode_with};
pub(crate) use entropy::is_sound;
pub(crate) use segments::{Header, Process, read, without_metadata};
pub(crate) use shrink::{Colours, Shrunk, Wanted, health, shown, shrunk};
pub(crate) use turn::turned_without_loss;
