//! `cargo run --release -p documents --example corpus -- DIR FONT [INDEX]`: photos and scans like those people
//! hand in, the same on every machine that has the same font. `cargo xtask bench documents` measures with them.
//!
//! What is not in them: a real lens, and what telephones merge from several shots. Grain and sharpening
//! are set so that files are as large as those of telephones and office scanners (0.24 to 0.31 bytes for
//! each pixel of a photo): bytes are what decoding costs.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "makes pixels for measuring; the bytes never leave the machine"
)]

mod files;
#[path = "../../tests/fitness/made.rs"]
mod made;
mod paper;
mod scan;
mod scene;

use std::{error::Error, fs, path::PathBuf};

use turbojpeg::Subsamp;

use paper::{Paper, Pen};
use scene::{Ground, Shot};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let font = fs::read(arguments.next().ok_or("name a font with Chinese letters")?)?;
    let index = arguments.next().map_or(Ok(0), |index| index.parse())?;
    let pen = Pen::new(&font, index)?;
    fs::create_dir_all(&folder)?;
    let put = |name: &str, bytes: Vec<u8>| -> Result<(), Box<dyn Error>> {
        println!("   {name}: {:.1} MB", bytes.len() as f64 / 1e6);
        Ok(fs::write(folder.join(name), bytes)?)
    };

    let tilted = [(0.10, 0.14), (0.93, 0.09), (0.90, 0.88), (0.07, 0.92)];
    let card = Shot { size: (4032, 3024), corners: tilted, ground: Ground::Wood, grain: 2.7, seed: 1 };
    put("card12.jpg", files::photo(&card.take(&Paper::card(&pen, 3400)), 1))?;
    let leaning = [(0.09, 0.06), (0.92, 0.10), (0.95, 0.93), (0.05, 0.95)];
    let form = Shot { size: (3024, 4032), corners: leaning, ground: Ground::Cloth, grain: 1.9, seed: 2 };
    // Held upright, stored lying down: the usual case.
    put("form12.jpg", files::photo(&files::lying(&form.take(&Paper::form(&pen, 2700, 7))), 6))?;
    let large = Shot { size: (8064, 6048), corners: tilted, ground: Ground::Stone, grain: 2.1, seed: 3 };
    put("card48.jpg", files::photo(&large.take(&Paper::card(&pen, 6800)), 1))?;

    let scan = scan::colour(&Paper::form(&pen, 4960, 11), 2.1, 4);
    put("scan600.jpg", made::encode(&scan, 95, Subsamp::None, false))?;
    put("scan600-g4.tif", files::group4(&scan::black_and_white(&Paper::form(&pen, 4960, 12), 5)))?;
    let scan = scan::colour(&Paper::form(&pen, 2480, 13), 1.6, 6);
    put("scan300.png", files::png(&scan))?;
    put("scan300-lzw.tif", files::lzw(&scan)?)?;

    let pages: Vec<_> = (0..10)
        .map(|page| {
            made::encode(
                &scan::colour(&Paper::form(&pen, 2480, 20 + page), 3.3, 30 + page),
                94,
                Subsamp::Sub2x2,
                false,
            )
        })
        .collect();
    for (number, page) in pages.iter().enumerate() {
        fs::write(folder.join(format!("page{number:02}.jpg")), page)?;
    }
    let streams = pages.into_iter().map(|page| made::jpeg_stream(page, 2480, 3508)).collect();
    put("photos10.pdf", made::pdf(streams, |_| {}))?;
    let grays =
        (0..3).map(|page| files::flate(&scan::gray(&Paper::form(&pen, 2480, 40 + page), 3.0, 50 + page)));
    put("gray3.pdf", made::pdf(grays.collect(), |_| {}))?;
    Ok(())
}
