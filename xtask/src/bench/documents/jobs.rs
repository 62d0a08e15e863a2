//! What is done with which files.

/// What a job makes of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One picture becomes a JPEG whose long edge has [`LONG_EDGE`] pixels.
    Picture,
    /// A PDF becomes one within the limit.
    Pdf,
    /// Pictures become the pages of one PDF, unchanged.
    Merge,
}

/// The size that every program is asked for: that of the guideline, so that all make the same pixels.
pub(super) const LONG_EDGE: &str = "1920";

/// One job.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Files of the corpus; several are merged.
    pub(super) sources: &'static [&'static str],
}

/// All jobs, in the order in which they are measured.
pub(super) fn all() -> Vec<Job> {
    let picture = |name, sources| Job { name, kind: Kind::Picture, sources };
    vec![
        picture("photo 12 MP, card", &["card12.jpg"]),
        picture("photo 12 MP, form, turned", &["form12.jpg"]),
        picture("photo 48 MP, card", &["card48.jpg"]),
        picture("scan A4 600 dpi, JPEG 4:4:4", &["scan600.jpg"]),
        picture("scan A4 300 dpi, PNG", &["scan300.png"]),
        picture("scan A4 300 dpi, TIFF LZW", &["scan300-lzw.tif"]),
        picture("scan A4 600 dpi, TIFF G4", &["scan600-g4.tif"]),
        Job { name: "PDF, 10 photos", kind: Kind::Pdf, sources: &["photos10.pdf"] },
        Job { name: "PDF, 3 gray scans, Flate", kind: Kind::Pdf, sources: &["gray3.pdf"] },
        Job {
            name: "10 JPEG → PDF",
            kind: Kind::Merge,
            sources: &[
                "page00.jpg",
                "page01.jpg",
                "page02.jpg",
                "page03.jpg",
                "page04.jpg",
                "page05.jpg",
                "page06.jpg",
                "page07.jpg",
                "page08.jpg",
                "page09.jpg",
            ],
        },
    ]
}
