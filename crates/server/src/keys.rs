//! First run: the data directory, the receipt signing key, a self-signed certificate. Secrets are readable by
//! their owner only and are made whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use protocol::ReceiptSigner;
use zeroize::Zeroizing;

/// Where things lie within the data directory.
#[derive(Debug, Clone)]
pub(crate) struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// Makes the directory and its folders.
    pub(crate) fn prepare(root: &Path) -> io::Result<Self> {
        let this = Self { root: root.to_owned() };
        for folder in [this.root.clone(), this.keys(), this.blobs(), this.partials()] {
            fs::create_dir_all(&folder)?;
            owner_only(&folder, 0o700)?;
        }
        Ok(this)
    }

    /// A directory in which an office has worked before; nothing is made.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where there is no office.
    pub(crate) fn existing(root: &Path) -> io::Result<Self> {
        let this = Self { root: root.to_owned() };
        if this.database().is_file() {
            return Ok(this);
        }
        let told = format!(
            "no office has worked in {}; start `yiban-server serve` there first, or name another with --data-dir",
            root.display()
        );
        Err(io::Error::new(io::ErrorKind::NotFound, told))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Everything beside the database and the documents that an office needs to go on as the same one, by path within
    /// the directory: keys and certificate.
    pub(crate) fn small_files(&self) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.keys())? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if name.ends_with(".key") {
                files.push(format!("keys/{name}"));
            }
        }
        if self.certificate().exists() {
            files.push("certificate.pem".to_owned());
        }
        files.sort();
        Ok(files)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("office.sqlite")
    }

    /// There where an office has moved elsewhere.
    pub(crate) fn moved_mark(&self) -> PathBuf {
        self.root.join("MOVED")
    }

    /// Says that nobody may start an office here again.
    pub(crate) fn mark_moved(&self) -> io::Result<()> {
        let note = "This office moved into a shared database. Started here again it would answer beside itself. Where \
                    `migrate-to` broke off, run it again: it compares both sides.\n";
        publish(&self.moved_mark(), note.as_bytes(), 0o644)
    }

    /// Takes that back, where nothing was moved.
    pub(crate) fn unmark_moved(&self) -> io::Result<()> {
        fs::remove_file(self.moved_mark())
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    /// Documents that broke off on their way.
    pub(crate) fn partials(&self) -> PathBuf {
        self.root.join("partials")
    }

    fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The certificate that desks pin.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.root.join("certificate.pem")
    }

    /// One server per directory: the lock is held as long as the file lives.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] where another process holds it.
    pub(crate) fn lock(&self) -> io::Result<File> {
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(self.root.join("lock"))?;
        file.try_lock().map_err(io::Error::from)?;
        Ok(file)
    }

    /// The key that signs receipts; made on first run.
    pub(crate) fn receipt_signer(&self) -> io::Result<ReceiptSigner> {
        match self.existing_signer() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = Zeroizing::new(random_bytes::<32>()?);
                let text = Zeroizing::new(hex::encode(secret.as_slice()));
                write_secret(&self.signing_key(), text.as_bytes())?;
                self.existing_signer()
            }
            found => found,
        }
    }

    fn signing_key(&self) -> PathBuf {
        self.keys().join("receipt-signing.key")
    }

    /// The key that signs receipts, where there is one.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where there is none yet.
    pub(crate) fn existing_signer(&self) -> io::Result<ReceiptSigner> {
        let text = Zeroizing::new(fs::read_to_string(self.signing_key())?);
        receipt_signer(&text)
    }

    /// Certificate and key in PEM; made on first run for `names`.
    pub(crate) fn self_signed(&self, names: &[String]) -> io::Result<(String, Zeroizing<String>)> {
        let (certificate, key) = (self.certificate(), self.keys().join("tls.key"));
        if certificate.exists() && key.exists() {
            return Ok((fs::read_to_string(certificate)?, Zeroizing::new(fs::read_to_string(key)?)));
        }
        let made = rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
        let (certificate_pem, key_pem) = (made.cert.pem(), Zeroizing::new(made.signing_key.serialize_pem()));
        write_secret(&key, key_pem.as_bytes())?;
        publish(&certificate, certificate_pem.as_bytes(), 0o644)?;
        Ok((certificate_pem, key_pem))
    }
}

/// The key that signs receipts, from its 64 hexadecimal digits.
pub(crate) fn receipt_signer(text: &str) -> io::Result<ReceiptSigner> {
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), secret.as_mut_slice()).map_err(|_| {
        io::Error::new(io::ErrorKind::InvalidData, "the key that signs receipts is not 64 hexadecimal digits")
    })?;
    Ok(ReceiptSigner::new(&secret))
}

/// Bytes from the operating system.
pub(crate) fn random_bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    publish(path, bytes, 0o600)
}

/// Writes beside, syncs, renames: after a crash there is the whole file or none.
pub(crate) fn publish(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = path.with_extension("new");
    let _ = fs::remove_file(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(unix)]
fn owner_only(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn owner_only(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_finds_the_same_key_and_certificate() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = DataDir::prepare(dir.path()).expect("prepared");
        let names = ["localhost".to_owned()];
        let first = (data.receipt_signer().expect("key").public(), data.self_signed(&names).expect("tls").0);
        let again = (data.receipt_signer().expect("key").public(), data.self_signed(&names).expect("tls").0);
        assert_eq!(first, again);
    }

    #[cfg(unix)]
    #[test]
    fn secrets_and_documents_are_readable_by_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let data = DataDir::prepare(dir.path()).expect("prepared");
        data.receipt_signer().expect("key");
        data.self_signed(&["localhost".to_owned()]).expect("tls");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        for name in ["receipt-signing.key", "tls.key"] {
            assert_eq!(mode(&data.keys().join(name)), 0o600, "{name}");
        }
        for folder in [data.root.clone(), data.keys(), data.blobs(), data.partials()] {
            assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        }
    }

    #[test]
    fn a_damaged_key_stops_the_start_instead_of_being_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = DataDir::prepare(dir.path()).expect("prepared");
        fs::write(data.keys().join("receipt-signing.key"), "half a ke").expect("written");
        assert!(data.receipt_signer().is_err());
    }

    #[test]
    fn one_server_per_directory() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = DataDir::prepare(dir.path()).expect("prepared");
        let held = data.lock().expect("free");
        assert_eq!(data.lock().map_err(|error| error.kind()).expect_err("held"), io::ErrorKind::WouldBlock);
        drop(held);
        assert!(data.lock().is_ok());
    }
}
