//! `cargo run -p documents --example fit -- IN OUT`: makes a file fit and says what was done.
#![allow(clippy::print_stdout)]

use std::{env, error::Error, fs, time::Instant};

use documents::{Edit, Limits, prepare};

fn main() -> Result<(), Box<dyn Error>> {
    let mut names = env::args().skip(1);
    let (source, target) = (names.next().ok_or("IN is missing")?, names.next().ok_or("OUT is missing")?);
    let bytes = fs::read(&source)?;
    let begun = Instant::now();
    let prepared = prepare(bytes, &Edit::default(), &Limits::default(), &())?;
    println!("{:?} in {:?}", prepared.change, begun.elapsed());
    println!("{:?}", prepared.source);
    println!(
        "{:?}, {} × {}, {} page(s), {} bytes, {:?}",
        prepared.kind,
        prepared.width,
        prepared.height,
        prepared.pages,
        prepared.bytes.len(),
        prepared.findings
    );
    fs::write(target, prepared.bytes)?;
    Ok(())
}
