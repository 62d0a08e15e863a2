//! A file that is handed in: its bytes, or where to read them. Of a large photo or scan that is read from where it
//! lies only what is being decoded stands in memory; whoever needs all of it at once takes it in.

use std::{
    io::{self, BufRead, BufReader, Cursor, Read, Seek},
    sync::Arc,
};

use crate::Refusal;

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;
/// What the kind of a file is told by.
const HEAD: u64 = 1024;

/// Bytes that can be read from any place.
pub(crate) trait Stream: BufRead + Seek {}

impl<T: BufRead + Seek + ?Sized> Stream for T {}

/// What a person may hand in to be read: an opened file.
pub(crate) trait Opened: Read + Seek + Send {}

impl<T: Read + Seek + Send> Opened for T {}

pub(crate) enum Source {
    Bytes(Arc<[u8]>),
    File { reader: BufReader<Box<dyn Opened>>, length: u64 },
}

impl Source {
    pub(crate) fn file(file: impl Read + Seek + Send + 'static) -> Result<Self, Refusal> {
        let mut reader: BufReader<Box<dyn Opened>> = BufReader::with_capacity(CHUNK, Box::new(file));
        let length = reader.seek(io::SeekFrom::End(0)).map_err(unreadable)?;
        Ok(Self::File { reader, length })
    }

    /// Bytes of all of it.
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::File { length, .. } => *length,
        }
    }

    /// Its first bytes, which tell what it is.
    pub(crate) fn head(&mut self) -> Result<Vec<u8>, Refusal> {
        let mut head = Vec::new();
        self.stream()?.take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
        Ok(head)
    }

    /// From its beginning.
    pub(crate) fn stream(&mut self) -> Result<Box<dyn Stream + '_>, Refusal> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(Cursor::new(&bytes[..])),
            Self::File { reader, .. } => {
                reader.rewind().map_err(unreadable)?;
                Box::new(reader)
            }
        })
    }

    /// All of it; from now on it stands in memory.
    pub(crate) fn bytes(&mut self) -> Result<&Arc<[u8]>, Refusal> {
        if let Self::File { reader, length } = self {
            let length = usize::try_from(*length).map_err(|_| Refusal::TooComplex)?;
            let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
            reader.rewind().map_err(unreadable)?;
            // Nobody else has it yet.
            let place = Arc::get_mut(&mut bytes).ok_or(Refusal::TooComplex)?;
            reader.read_exact(place).map_err(unreadable)?;
            *self = Self::Bytes(bytes);
        }
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::File { .. } => Err(Refusal::Damaged),
        }
    }
}

impl Source {
    /// The same, for good.
    pub(crate) fn into_bytes(mut self) -> Result<Arc<[u8]>, Refusal> {
        self.bytes()?;
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::File { .. } => Err(Refusal::Damaged),
        }
    }
}

impl From<Arc<[u8]>> for Source {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::Bytes(bytes)
    }
}

/// A file that cannot be read to its end is no better than one that has none.
#[allow(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn unreadable(_: io::Error) -> Refusal {
    Refusal::Damaged
}
