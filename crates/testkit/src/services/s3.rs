//! An S3 server that lives as long as a test: SeaweedFS, a real one, in a directory of its own.

use std::{
    env::consts::EXE_SUFFIX,
    fs::File,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// How often it is started before a test fails.
const ATTEMPTS: usize = 3;

/// What it opens a port for, besides S3 itself.
const PARTS: [&str; 9] = [
    "s3.port.grpc",
    "s3.port.iceberg",
    "s3.port.lance",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
];

/// A server with one empty bucket.
pub struct S3 {
    program: PathBuf,
    /// Of S3 itself, then those of [`PARTS`].
    ports: [u16; 1 + PARTS.len()],
    process: Child,
    dir: TempDir,
}

impl S3 {
    /// The bucket's name.
    pub const BUCKET: &str = "office";

    /// Starts one; `None` where this machine has none.
    #[must_use]
    pub fn start() -> Option<Self> {
        let Some(weed) = weed() else {
            Self::left_out();
            return None;
        };
        // Somebody else may take a port between asking for it and opening it.
        for _ in 1..ATTEMPTS {
            if let Ok(up) = Self::launch(&weed) {
                return Some(up);
            }
        }
        Some(Self::launch(&weed).unwrap_or_else(|log| panic!("SeaweedFS ended instead of coming up:\n{log}")))
    }

    /// What it wrote into its log where it ends instead of coming up.
    fn launch(weed: &Path) -> Result<Self, String> {
        let dir = tempfile::tempdir().expect("a directory");
        let ports = super::free_ports();
        let process = spawn(weed, dir.path(), ports);
        let mut started = Self { program: weed.to_owned(), ports, process, dir };
        started.come_up().map(|()| started)
    }

    /// Up when it makes the bucket and takes something into it.
    fn come_up(&mut self) -> Result<(), String> {
        let port = self.ports[0];
        let ready =
            || ask(port, "PUT", Self::BUCKET, "") && ask(port, "PUT", &format!("{}/up", Self::BUCKET), "up");
        super::until("SeaweedFS", &mut self.process, ready).map_err(|status| {
            format!("{status}\n{}", std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default())
        })
    }

    /// `kill -9`: nobody answers at its address any more.
    pub fn kill(&mut self) {
        self.process.kill().expect("it lives");
        self.process.wait().expect("it ends");
    }

    /// Starts it on what it left, at the same address.
    pub fn start_again(&mut self) {
        self.process = spawn(&self.program, self.dir.path(), self.ports);
        if let Err(log) = self.come_up() {
            panic!("SeaweedFS did not come up on what it left:\n{log}");
        }
    }

    /// Says so where this machine has none.
    pub(super) fn left_out() {
        super::left_out("an S3 server (SeaweedFS)", "`weed` was not found");
    }

    /// The variables by which a program finds it. It asks nobody for a key.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.ports[0])),
            ("AWS_ALLOW_HTTP", "true".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", "office".into()),
            ("AWS_SECRET_ACCESS_KEY", "office-in-a-test".into()),
        ]
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Its log goes on where it stood.
fn spawn(weed: &Path, dir: &Path, ports: [u16; 1 + PARTS.len()]) -> Child {
    let [port, parts @ ..] = ports;
    let log = File::options().create(true).append(true).open(dir.join("log")).expect("a log");
    Command::new(weed)
        .arg("server")
        .arg(format!("-dir={}", dir.display()))
        .args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=64", "-filer", "-s3"])
        .arg(format!("-s3.port={port}"))
        .args(PARTS.iter().zip(parts).map(|(part, port)| format!("-{part}={port}")))
        .env("HOME", dir)
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("weed starts")
}

/// Where `cargo xtask doctor` puts it, else on the path.
pub(super) fn weed() -> Option<PathBuf> {
    let ours = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/services/venv/bin");
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::iter::once(ours)
        .chain(std::env::split_paths(&paths))
        .map(|folder| folder.join(format!("weed{EXE_SUFFIX}")))
        .find(|file| file.is_file())
}

/// One request without a key; whether it succeeded.
fn ask(port: u16, method: &str, path: &str, body: &str) -> bool {
    let answer = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let length = body.len();
        write!(
            stream,
            "{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    answer().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 409"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_was_killed_comes_up_with_what_it_had_taken() {
        let Some(mut server) = S3::start() else { return };
        let (port, place) = (server.ports[0], format!("{}/before", S3::BUCKET));
        assert!(ask(port, "PUT", &place, "taken"));
        server.kill();
        assert!(!ask(port, "GET", &place, ""), "nobody answers");
        server.start_again();
        assert!(ask(port, "GET", &place, ""));
        assert!(!ask(port, "GET", &format!("{}/never", S3::BUCKET), ""));
    }
}
