//! What is wrapped in filters, as a JPEG that was packed once more: the data that the last filter is for.

use std::borrow::Cow;

use lopdf::{DecompressError, Error, Object, Stream, dictionary};

use crate::Refusal;

/// Bytes that such data may unpack to. Whoever draws the stream unpacks them without asking.
const MOST: usize = 64 * 1024 * 1024;

/// What a stream's last filter is to be given.
pub(super) fn inside(stream: &Stream) -> Result<Cow<'_, [u8]>, Refusal> {
    let filters = stream.filters().unwrap_or_default();
    let before = filters.split_last().map_or(&[][..], |(_, before)| before);
    if before.is_empty() {
        return Ok(Cow::Borrowed(&stream.content));
    }
    let mut dict = dictionary! {
        "Filter" => before.iter().map(|name| Object::Name(name.to_vec())).collect::<Vec<_>>(),
    };
    // One for each filter, in their order.
    if let Ok(parameters @ Object::Array(_)) = stream.dict.get(b"DecodeParms") {
        dict.set("DecodeParms", parameters.clone());
    }
    match Stream::new(dict, stream.content.clone()).get_plain_content_with_limit(MOST) {
        Ok(content) => Ok(Cow::Owned(content)),
        Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => Err(Refusal::TooComplex),
        Err(_) => Err(Refusal::Damaged),
    }
}
