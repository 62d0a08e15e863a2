//! Why an office does not serve a catalogue, told to whoever edits it.

use std::{fmt, io, path::PathBuf};

use forms::{CatalogueError, Complaint, Language};
use protocol::LARGEST_BUNDLE;

/// What is wrong with a catalogue.
#[derive(Debug)]
pub enum CatalogueFault {
    /// A folder or file of it cannot be read.
    Unreadable(PathBuf, io::Error),
    /// Mistakes in its files.
    Unfit(CatalogueError),
    /// Versions of services that say something else than when they were served.
    Changed(Vec<Complaint>),
    /// More bytes than desks take.
    TooLarge(u64),
}

impl CatalogueFault {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(..) => "catalogue_unreadable",
            Self::Unfit(_) => Complaint::CODE,
            Self::Changed(_) => "catalogue_version_reused",
            Self::TooLarge(_) => "catalogue_too_large",
        }
    }
}

impl fmt::Display for CatalogueFault {
    /// In both languages, Chinese first: each mistake with file, line and remedy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let complaints = match self {
            Self::Unreadable(path, error) => {
                return write!(
                    f,
                    "读不了 {path}：{error}\n  → 请核对文件夹的位置和权限；文件要存成 UTF-8 文本\n\
                     cannot read {path}: {error}\n  → check place and permissions of the folder; files are UTF-8 text",
                    path = path.display()
                );
            }
            Self::TooLarge(bytes) => {
                return write!(
                    f,
                    "目录有 {bytes} 字节，最多 {LARGEST_BUNDLE}\n  → 请删掉不属于目录的文件\n\
                     the catalogue has {bytes} bytes, the most is {LARGEST_BUNDLE}\n  → remove what does not belong to it"
                );
            }
            Self::Unfit(error) => &error.complaints,
            Self::Changed(complaints) => complaints,
        };
        for language in [Language::Zh, Language::En] {
            for complaint in complaints {
                writeln!(f, "{}", complaint.explain(language))?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for CatalogueFault {}

impl From<CatalogueError> for CatalogueFault {
    fn from(error: CatalogueError) -> Self {
        Self::Unfit(error)
    }
}
