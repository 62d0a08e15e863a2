//! How many pages a file has, before anything is done with it.

use crate::{Format, Limits, Refusal, guard, pdf, prepare::admit, tiff_pages::Pages};

/// Pages of any file [`crate::prepare`] reads; 1 for a picture. Looks at the structure only: a file that is
/// counted may still be refused when it is prepared.
///
/// # Errors
/// A typed [`Refusal`]; never a panic, whatever the bytes.
pub fn page_count(source: &[u8], limits: &Limits) -> Result<u32, Refusal> {
    let format = admit(source, limits.max_input_bytes)?;
    let limits = *limits;
    match format {
        Format::Pdf => {
            let source = source.to_vec();
            guard::run(&(), move |_| pdf::count(&source, &limits))
        }
        Format::Tiff => Pages::read(source, &limits).map(|pages| pages.count()),
        other if other.is_read() => Ok(1),
        other => Err(Refusal::Unsupported { format: other }),
    }
}
