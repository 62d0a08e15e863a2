//! What `cargo xtask bench documents` starts to measure us. Prints one line of JSON.
//!
//! - `measure fit IN OUT [--long-edge N] [--warm]`: the whole road of a file, and the check of the result.
//! - `measure bind OUT IN…`: several files become one PDF, as large as it comes.
//! - `measure floor IN`: what no program can go below: reading the JPEG's entropy-coded data once (decoding
//!   at 1/8) and encoding one picture of the result's size.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::{
    error::Error,
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use cpu_time::ProcessTime;
use documents::{Edit, Limits, Stage, Watch};
use serde_json::{Value, json};
use turbojpeg::{
    Compressor, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp, YuvImage,
};

/// What a peer's program is asked for, too.
const QUALITY: i32 = 90;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match words[..] {
        ["fit", source, target, ref options @ ..] => fit(source, target, options)?,
        ["bind", target, ref sources @ ..] => bind(target, sources)?,
        ["floor", source] => floor(source)?,
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
    let prepared = documents::prepare(&fs::read(source)?, &Edit::default(), limits, &encoded)?;
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

fn bind(target: &str, sources: &[&str]) -> Result<Value, Box<dyn Error>> {
    let begun = ProcessTime::now();
    let sources = sources.iter().map(|source| Ok(Arc::from(fs::read(source)?)));
    let sources = sources.collect::<Result<Vec<Arc<[u8]>>, std::io::Error>>()?;
    // As the peer: nothing has to be made smaller.
    let limits = Limits { max_output_bytes: 128 * 1024 * 1024, ..Limits::default() };
    let prepared = documents::bind(sources, &Edit::default(), &limits, &())?;
    fs::write(target, &prepared.bytes)?;
    Ok(json!({
        "road": seconds(begun.elapsed()),
        "bytes": prepared.bytes.len(),
        "pages": prepared.pages,
    }))
}

/// In planes and with the encoder's own Huffman tables: the cheapest ways there are.
fn floor(source: &str) -> Result<Value, Box<dyn Error>> {
    let bytes = fs::read(source)?;
    let mut decoder = Decompressor::new()?;
    let begun = ProcessTime::now();
    let header = decoder.read_header(&bytes)?;
    planes(&mut decoder, &bytes, &header, ScalingFactor::ONE_EIGHTH)?;
    let read = begun.elapsed();

    // A picture of about the result's size, made outside the clock; smaller rather than larger.
    let long = header.width.max(header.height);
    let eighths = (1..8).rev().find(|eighths| long * eighths / 8 <= 2_000).unwrap_or(1);
    let half = ScalingFactor::new(eighths, 8);
    decoder.set_scaling_factor(half)?;
    let size = header.scaled(half);
    let pitch = size.width * 3;
    let mut picture = Image {
        pixels: vec![0; pitch * size.height],
        width: size.width,
        pitch,
        height: size.height,
        format: PixelFormat::RGB,
    };
    decoder.decompress(&bytes, picture.as_deref_mut())?;
    let small = turbojpeg::compress(picture.as_deref(), 100, Subsamp::Sub2x2)?;
    let header = decoder.read_header(&small)?;
    let picture = planes(&mut decoder, &small, &header, ScalingFactor::ONE)?;

    let mut encoder = Compressor::new()?;
    encoder.set_quality(QUALITY)?;
    let begun = ProcessTime::now();
    let encoded = encoder.compress_yuv_to_vec(picture.as_deref())?;
    let encode = begun.elapsed();
    Ok(json!({
        "floor": seconds(read + encode), "read": seconds(read), "encode": seconds(encode),
        "width": size.width, "height": size.height, "bytes": encoded.len(),
    }))
}

fn planes(
    decoder: &mut Decompressor,
    bytes: &[u8],
    header: &DecompressHeader,
    factor: ScalingFactor,
) -> turbojpeg::Result<YuvImage<Vec<u8>>> {
    decoder.set_scaling_factor(factor)?;
    let size = header.scaled(factor);
    let length = turbojpeg::yuv_pixels_len(size.width, 1, size.height, header.subsamp)?;
    let mut picture = YuvImage {
        pixels: vec![0; length],
        width: size.width,
        align: 1,
        height: size.height,
        subsamp: header.subsamp,
    };
    decoder.decompress_to_yuv(bytes, picture.as_deref_mut())?;
    Ok(picture)
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
