//! Several files → one PDF.

use std::sync::Arc;

use crate::{Edit, Limits, Prepared, Refusal, Stage, Watch, guard, pdf, prepare::admit, prepare::length};

/// Binds files into one PDF, page by page: `edit` counts pages over all of `sources` in order.
///
/// A JPEG that needs nothing goes in byte for byte (without its metadata; how it lies is told by its page),
/// pages of PDFs are taken over as they are, and everything else is encoded once from its original. Where that
/// does not fit, all pictures take one common size and quality.
///
/// # Errors
/// A typed [`Refusal`]: of the first source that is refused, or of the whole ([`Refusal::TooLarge`] beyond
/// `limits.max_bound_bytes` together). Never a panic, whatever the bytes.
pub fn bind(
    sources: Vec<Arc<[u8]>>,
    edit: &Edit,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Prepared, Refusal> {
    let bytes = sources.iter().map(|source| length(source)).fold(0, u64::saturating_add);
    if bytes > limits.max_bound_bytes {
        return Err(Refusal::TooLarge { bytes, max: limits.max_bound_bytes });
    }
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        let format = admit(&source, limits.max_input_bytes)?;
        if !format.is_read() {
            return Err(Refusal::Unsupported { format });
        }
        files.push((source, format));
    }
    if files.is_empty() {
        return Err(Refusal::Empty);
    }
    let (edit, limits) = (edit.clone(), *limits);
    guard::run(watch, move |ticket| {
        ticket.step(Stage::Reading, 0.0)?;
        pdf::bind(files, &edit, &limits, ticket)
    })
}
