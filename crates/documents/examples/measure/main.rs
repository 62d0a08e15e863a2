//! What `cargo xtask bench documents` starts to measure us. Prints one line of JSON.
//!
//! - `measure fit IN OUT [--long-edge N] [--warm]`: the whole road of a file, and the check of the result.
//! - `measure bind OUT IN…`: several files become one PDF, as large as it comes.
//! - `measure floor IN`: what reading the file once and encoding the result once cost (see `floor`).
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

mod floor;

use std::{
    error::Error,
    fs,
    io::Read,
    sync::{Arc, Mutex},
    time::Duration,
};

use cpu_time::ProcessTime;
use documents::{Edit, Limits, Stage, Watch};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match words[..] {
        ["fit", source, target, ref options @ ..] => fit(source, target, options)?,
        ["bind", target, ref sources @ ..] => bind(target, sources)?,
        ["floor", source] => floor::floor(source)?,
        _ => return Err("see the head of this example".into()),
    };
    println!("{figures}");
    Ok(())
}

/// Notes when the file was encoded and only findings and the small picture remained to be made.
#[derive(Default)]
struct Encoded(Mutex<Option<ProcessTime>>);

impl Watch for Encoded {
    fn progress(&self, stage: Stage, _: f32) {
        if let Ok(mut noted) = self.0.lock()
            && stage == Stage::Finishing
            && noted.is_none()
        {
            *noted = Some(ProcessTime::now());
        }
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

/// `bare`: seconds until the file was encoded, which is all that a peer does. `road`: with findings and the
/// small picture. `check`: what the receiving side does with the result.
fn fit(source: &str, target: &str, options: &[&str]) -> Result<Value, Box<dyn Error>> {
    let long_edge = options.iter().position(|word| *word == "--long-edge");
    let long_edge = long_edge.and_then(|at| options.get(at + 1)).map(|edge| edge.parse()).transpose()?;
    let limits = Limits { max_long_edge: long_edge, ..Limits::default() };
    if options.contains(&"--warm") {
        once(source, target, &limits)?;
    }
    once(source, target, &limits)
}

/// From the file to the file, as the peers.
fn once(source: &str, target: &str, limits: &Limits) -> Result<Value, Box<dyn Error>> {
    let begun = ProcessTime::now();
    let encoded = Encoded::default();
    let prepared = documents::prepare(read(source)?, &Edit::default(), limits, &encoded)?;
    fs::write(target, &prepared.bytes)?;
    let ended = ProcessTime::now();
    let encoded = encoded.0.lock().ok().and_then(|noted| *noted).unwrap_or(ended);
    documents::check(&prepared.bytes, limits)?;
    let check = ended.elapsed();
    Ok(json!({
        "bare": seconds(encoded.duration_since(begun)),
        "road": seconds(ended.duration_since(begun)),
        "check": seconds(check),
        "bytes": prepared.bytes.len(),
        "width": prepared.width,
        "height": prepared.height,
        "pages": prepared.pages,
    }))
}

/// The file's bytes, read to where they stay.
fn read(path: &str) -> std::io::Result<Arc<[u8]>> {
    let mut file = fs::File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    if let Some(bytes) = Arc::get_mut(&mut bytes) {
        file.read_exact(bytes)?;
    }
    Ok(bytes)
}

fn bind(target: &str, sources: &[&str]) -> Result<Value, Box<dyn Error>> {
    let begun = ProcessTime::now();
    let sources = sources.iter().map(|source| read(source)).collect::<Result<Vec<_>, _>>()?;
    // As the peer: nothing has to be made smaller.
    let limits = Limits { max_output_bytes: 128 * 1024 * 1024, ..Limits::default() };
    let encoded = Encoded::default();
    let prepared = documents::bind(sources, &Edit::default(), &limits, &encoded)?;
    let begun_to_write = ProcessTime::now();
    fs::write(target, &prepared.bytes)?;
    let ended = ProcessTime::now();
    let made = encoded.0.lock().ok().and_then(|noted| *noted).unwrap_or(begun_to_write);
    // Looking at the result again and its small picture are between the two: no peer does that.
    let bare = made.duration_since(begun) + ended.duration_since(begun_to_write);
    Ok(json!({
        "bare": seconds(bare),
        "road": seconds(ended.duration_since(begun)),
        "check": 0.0,
        "bytes": prepared.bytes.len(),
        "pages": prepared.pages,
    }))
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
