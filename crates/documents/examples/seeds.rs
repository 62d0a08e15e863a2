//! `cargo run -p documents --example seeds -- DIR`: writes what the fuzz targets begin with, a folder for
//! each target: small files made in code, and those made by other programs that lie in `fuzz/seeds`.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, dead_code, missing_docs, unreachable_pub)]

#[path = "../tests/fitness/made.rs"]
mod made;
#[path = "../tests/fitness/samples.rs"]
mod samples;

use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let target = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    // Whatever its bytes are, the first door must know what it is.
    let put = |format: &str, name: &str, bytes: &[u8]| -> Result<(), Box<dyn Error>> {
        for folder in [format, "sniff"] {
            let folder = target.join(folder);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{format}-{name}")), bytes)?;
        }
        Ok(())
    };
    for sample in samples::all() {
        put(sample.format, sample.name, &sample.bytes)?;
    }
    let others = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for folder in fs::read_dir(others)? {
        let folder = folder?;
        for file in fs::read_dir(folder.path())? {
            let file = file?;
            let format = folder.file_name();
            put(&format.to_string_lossy(), &file.file_name().to_string_lossy(), &fs::read(file.path())?)?;
        }
    }
    Ok(())
}
