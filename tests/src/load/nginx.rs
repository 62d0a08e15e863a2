//! nginx with its module for WebDAV: it writes a body into a file beside the target and renames it. It neither hashes
//! nor looks into what it takes, and flushes nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Result, ensure};
use protocol::ContentHash;
use reqwest::Client;

use crate::{
    counter::client,
    process::{Kept, free_port, wait_for_port},
};

/// A running one.
pub(super) struct Nginx {
    process: Kept,
    base: String,
    files: PathBuf,
    http: Client,
}

impl Nginx {
    pub(super) async fn start(program: &Path, folder: &Path) -> Result<Self> {
        let (port, files) = (free_port()?, folder.join("nginx-files"));
        fs::create_dir_all(&files)?;
        let here = folder.display();
        // It would write as somebody who may not, where it is started by root.
        let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|of| format!("{of}_temp_path {here}/nginx-{of};\n"))
            .concat();
        let config = format!(
            "daemon off; {user} worker_processes auto; pid {here}/nginx.pid; error_log {here}/nginx.log;
             events {{ worker_connections 1024; }}
             http {{
                 access_log off; client_max_body_size 4m; {temporary}
                 server {{
                     listen 127.0.0.1:{port};
                     location / {{ root {}; dav_methods PUT; create_full_put_path on; }}
                 }}
             }}",
            files.display()
        );
        let path = folder.join("nginx.conf");
        fs::write(&path, config)?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(&path).arg("-e").arg(folder.join("nginx.log"));
        let process = Kept::start(&mut command, &folder.join("nginx.out"))?;
        wait_for_port(port, Duration::from_secs(30)).await?;
        Ok(Self { process, base: format!("http://127.0.0.1:{port}"), files, http: client()? })
    }

    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }

    pub(super) async fn put(&self, hash: ContentHash, bytes: Vec<u8>) -> Result<()> {
        let to = format!("{}/{}", self.base, path_of(hash));
        self.http.put(to).body(bytes).send().await?.error_for_status()?;
        Ok(())
    }

    /// Compares what lies there with what it acknowledged.
    pub(super) fn compare(&self, acked: &[ContentHash]) -> Result<()> {
        for hash in acked {
            let there = fs::read(self.files.join(path_of(*hash)))?;
            ensure!(ContentHash::of(&there) == *hash, "nginx keeps other bytes");
        }
        Ok(())
    }
}

/// As our office's store names its files.
fn path_of(hash: ContentHash) -> String {
    let name = hash.to_string();
    format!("{}/{name}", &name[..2])
}
