//! The words of an upload that goes on where it broke off: `PATCH` with the rest, as in the IETF's draft
//! "Resumable Uploads for HTTP". How much is there the office says in its answer to the manifest, so that no
//! question of its own is needed.

/// Header: how many bytes from its beginning the office has, in decimal; what is sent follows them.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Header: how many bytes the whole document has.
pub const UPLOAD_LENGTH: &str = "upload-length";
/// Media type of the rest of a document.
pub const PARTIAL_UPLOAD: &str = "application/partial-upload";
