//! `key.json` beside the database: which keychain entry is ours, and the wraps. Holds no key in the clear.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::wrapping::{Purpose, Wrap};

const KEY_FILE: &str = "key.json";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyFile {
    version: u32,
    /// Names this data directory's entry in the keychain, wherever the directory is moved to.
    pub(crate) vault: Uuid,
    pub(crate) wraps: Vec<Wrap>,
}

impl KeyFile {
    pub(crate) fn new() -> Self {
        Self { version: 1, vault: Uuid::new_v4(), wraps: Vec::new() }
    }

    /// `Ok(None)`: there is none. An unreadable one is an error and never replaced.
    pub(crate) fn read(directory: &Path) -> io::Result<Option<Self>> {
        match fs::read(directory.join(KEY_FILE)) {
            Ok(bytes) => {
                let file: Self = serde_json::from_slice(&bytes).map_err(io::Error::from)?;
                if file.version == 1 { Ok(Some(file)) } else { Err(io::ErrorKind::Unsupported.into()) }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whole or not at all, for the owner's eyes only.
    pub(crate) fn write(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let beside = directory.join("key.json.new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, directory.join(KEY_FILE))?;
        if cfg!(unix) {
            File::open(directory)?.sync_all()?;
        }
        Ok(())
    }

    pub(crate) fn has(&self, purpose: Purpose) -> bool {
        self.wraps.iter().any(|wrap| wrap.purpose == purpose)
    }

    pub(crate) fn replace(&mut self, wrap: Wrap) {
        self.wraps.retain(|old| old.purpose != wrap.purpose);
        self.wraps.push(wrap);
    }
}
