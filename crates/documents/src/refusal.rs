//! Why a file was not taken. Codes and figures only; the sentence a person reads is written in `desk`.

use serde::{Deserialize, Serialize};

use crate::Format;

/// What makes a PDF more than paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Active {
    /// JavaScript.
    Script,
    /// An action that starts a program, sends a form or opens another file.
    Launch,
    /// Files, sound, film or 3-D models inside the PDF.
    EmbeddedFile,
    /// An XFA form, drawn by a program inside the file.
    DynamicForm,
}

/// Why a file was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Zero bytes.
    #[error("the file is empty")]
    Empty,
    /// Neither a picture nor a PDF by its bytes, whatever its name says.
    #[error("the file is neither a picture nor a PDF")]
    NotADocument,
    /// Recognised, but not read here.
    #[error("files of this format are not read: {}", format.code())]
    Unsupported {
        /// What it is.
        format: Format,
    },
    /// More bytes than may come in (or, in a check, than a fit file may have).
    #[error("{bytes} bytes, more than {max}")]
    TooLarge {
        /// Bytes of the file.
        bytes: u64,
        /// Bytes allowed.
        max: u64,
    },
    /// The header promises more pixels than the limits allow.
    #[error("{width} × {height} pixels is more than is read here")]
    TooManyPixels {
        /// Width by the header, pixels.
        width: u32,
        /// Height by the header, pixels.
        height: u32,
    },
    /// Cannot be read, or so little of it that it would be of no use.
    #[error("the file is damaged")]
    Damaged,
    /// Built so that reading it would take unreasonable time or memory.
    #[error("the file would take too much time or memory to read")]
    TooComplex,
    /// The PDF is encrypted, with or without a password to open it.
    #[error("the PDF is encrypted")]
    EncryptedPdf,
    /// The PDF holds more than paper.
    #[error("the PDF holds active content: {what:?}")]
    ActivePdf {
        /// What was found first.
        what: Active,
    },
    /// More pages than the limits allow.
    #[error("{pages} pages, more than {max}")]
    TooManyPages {
        /// Pages of the file.
        pages: u32,
        /// Pages allowed.
        max: u32,
    },
    /// Cannot be made small enough while staying legible. Way out: fewer pages per file, or photos of them.
    #[error("{bytes} bytes at the lowest legible quality, more than {max}")]
    CannotFit {
        /// Bytes at the lowest quality tried.
        bytes: u64,
        /// Bytes allowed.
        max: u64,
        /// Pages of the file.
        pages: u32,
    },
    /// Only from [`crate::check`]: a picture that was not prepared (metadata, not upright, broken off).
    #[error("the file was not prepared for handing in")]
    NotPrepared,
    /// Only from [`crate::render_page`].
    #[error("there is no page {page}; the file has {pages}")]
    NoSuchPage {
        /// Page asked for, from 0.
        page: u32,
        /// Pages of the file.
        pages: u32,
    },
    /// The changes asked for cannot be made: a page that is not there or named twice, corners that make no
    /// paper, no page left.
    #[error("the changes asked for cannot be made to this file")]
    BadEdit,
    /// The watcher cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl Refusal {
    /// Stable name in snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotADocument => "not_a_document",
            Self::Unsupported { .. } => "unsupported",
            Self::TooLarge { .. } => "too_large",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::Damaged => "damaged",
            Self::TooComplex => "too_complex",
            Self::EncryptedPdf => "encrypted_pdf",
            Self::ActivePdf { .. } => "active_pdf",
            Self::TooManyPages { .. } => "too_many_pages",
            Self::CannotFit { .. } => "cannot_fit",
            Self::NotPrepared => "not_prepared",
            Self::NoSuchPage { .. } => "no_such_page",
            Self::BadEdit => "bad_edit",
            Self::Cancelled => "cancelled",
        }
    }
}
