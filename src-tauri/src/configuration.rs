//! Where things are: the environment first (`YIBAN_DATA_DIR`, `YIBAN_SERVER`, `YIBAN_SERVER_CA`), then `desk.toml`
//! in the configuration folder, then the defaults of the system.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use desk::ServerAddress;
use serde::Deserialize;
use tauri::{Wry, path::PathResolver};

/// While developing, the server on this computer. A released program sends nothing to whoever happens to listen there:
/// until somebody says where the office is, it has none.
const DEFAULT_SERVER: &str = if cfg!(debug_assertions) { "http://127.0.0.1:8787" } else { "" };
const FILE: &str = "desk.toml";

/// What the program was told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) data_dir: PathBuf,
    pub(crate) log_dir: PathBuf,
    pub(crate) server: ServerAddress,
}

/// Why it cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("the folders of this system cannot be found: {0}")]
    NoFolders(#[from] tauri::Error),
    #[error("{path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path} is not understood: {source}")]
    Malformed { path: PathBuf, source: Box<toml::de::Error> },
}

/// `desk.toml`: an office puts it beside the program's settings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data_dir: Option<PathBuf>,
    server: Option<String>,
    /// PEM file of the authority that signed the server's certificate.
    server_ca: Option<PathBuf>,
}

pub(crate) fn read(system: &PathResolver<Wry>) -> Result<Read, Unusable> {
    let file = read_file(&system.app_config_dir()?.join(FILE))?;
    let folders = (system.app_data_dir()?, system.app_log_dir()?);
    merge(|name| std::env::var(name).ok().filter(|value| !value.is_empty()), file, folders)
}

fn merge(
    environment: impl Fn(&str) -> Option<String>,
    file: File,
    (system_data, system_log): (PathBuf, PathBuf),
) -> Result<Read, Unusable> {
    let named = environment("YIBAN_DATA_DIR").map(PathBuf::from).or(file.data_dir);
    let (data_dir, log_dir) = match named {
        Some(named) => (named.clone(), named.join("logs")),
        None => (system_data, system_log),
    };
    let url = environment("YIBAN_SERVER").or(file.server).unwrap_or_else(|| DEFAULT_SERVER.to_owned());
    let authority = environment("YIBAN_SERVER_CA").map(PathBuf::from).or(file.server_ca);
    let ca_pem = authority.map(|path| read_text(&path)).transpose()?;
    Ok(Read { data_dir, log_dir, server: ServerAddress { url, ca_pem } })
}

fn read_file(path: &Path) -> Result<File, Unusable> {
    if !path.exists() {
        return Ok(File::default());
    }
    let malformed = |source| Unusable::Malformed { path: path.to_path_buf(), source: Box::new(source) };
    toml::from_str(&read_text(path)?).map_err(malformed)
}

fn read_text(path: &Path) -> Result<String, Unusable> {
    fs::read_to_string(path).map_err(|source| Unusable::Unreadable { path: path.to_path_buf(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> (PathBuf, PathBuf) {
        ("data".into(), "log".into())
    }

    #[test]
    fn without_a_word_the_system_decides() {
        let read = merge(|_| None, File::default(), folders()).expect("nothing to read");
        assert_eq!((read.data_dir, read.log_dir), folders());
        assert_eq!(read.server.url, DEFAULT_SERVER);
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let file: File = toml::from_str("server = 'https://file'\ndata_dir = 'from-file'").expect("reads");
        let environment = |name: &str| (name == "YIBAN_SERVER").then(|| "https://environment".to_owned());
        let read = merge(environment, file, folders()).expect("nothing to read");
        assert_eq!(read.server.url, "https://environment");
        assert_eq!(read.data_dir, PathBuf::from("from-file"));
        assert_eq!(read.log_dir, PathBuf::from("from-file/logs"));
    }

    #[test]
    fn a_misspelt_word_in_the_file_is_not_passed_over() {
        assert!(toml::from_str::<File>("sever = 'https://typo'").is_err());
    }
}
