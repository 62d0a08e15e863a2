//! Memory: whatever comes in, the process grows by no more than 256 MB. The worst files that are let through
//! are made here, one of each kind, and handed to a child process that tells how far it grew.
//!
//! `cargo nextest run -p documents --test memory --no-capture` prints the figures.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::cast_possible_truncation)]
#![allow(dead_code, unreachable_pub, missing_docs)]

mod drawing;
#[path = "../fitness/made.rs"]
mod made;

use std::{env, fs, io::Write, process::Command};

use documents::{Edit, Limits, PageEdit, Point, Quad, prepare, render_source};
use flate2::{Compression, write::ZlibEncoder};
use lopdf::{Stream, dictionary};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

const MOST: u64 = 256_000_000;
/// Side of the largest square that is let through.
const LARGEST: u32 = 10_950;
const FILE: &str = "DOCUMENTS_MEASURED_FILE";
/// Set where the child is to cut a paper out.
const CROPPED: &str = "DOCUMENTS_MEASURED_CROPPED";
/// Set where its first page is only to be drawn: the long edge, pixels.
const DRAWN: &str = "DOCUMENTS_MEASURED_DRAWN";

/// What the child does.
#[test]
#[ignore = "run by the others, in a process of its own"]
fn child() {
    let Ok(path) = env::var(FILE) else { return };
    let source = fs::read(path).unwrap();
    let before = kib("VmRSS:");
    let limits = Limits::default();
    let outcome = if let Ok(edge) = env::var(DRAWN) {
        render_source(&source, 0, edge.parse().unwrap(), &limits)
            .map(|page| (page.width, page.height, page.png.len()))
    } else {
        let edit = if env::var(CROPPED).is_ok() { cropped() } else { Edit::default() };
        prepare(source, &edit, &limits, &())
            .map(|prepared| (prepared.width, prepared.height, prepared.bytes.len()))
    };
    let said = match &outcome {
        Ok((width, height, bytes)) => format!("{width}x{height}, {bytes} bytes"),
        Err(refusal) => refusal.code().to_owned(),
    };
    println!("grew {} KiB; {said};", kib("VmHWM:") - before);
}

/// A paper that lies a little askew.
fn cropped() -> Edit {
    let corners = [(400, 500), (9600, 300), (9500, 9700), (300, 9400)].map(|(x, y)| Point { x, y });
    Edit { pages: vec![PageEdit { crop: Some(Quad(corners)), ..PageEdit::default() }] }
}

fn kib(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Holds the growth against the limit, and whether the file was `taken`.
fn measure(what: &str, source: Vec<u8>, taken: bool) {
    run(what, source, taken, false, MOST);
}

fn run(what: &str, source: Vec<u8>, taken: bool, cropped: bool, most_grown: u64) {
    held(what, source, taken, cropped.then_some((CROPPED, String::new())), most_grown);
}

fn held(what: &str, mut source: Vec<u8>, taken: bool, how: Option<(&str, String)>, most_grown: u64) {
    let most = usize::try_from(Limits::default().max_input_bytes).unwrap();
    assert!(source.len() <= most, "{what}: {} bytes are refused unread", source.len());
    if source.starts_with(b"\xFF\xD8") {
        // As long as a file may be: what follows the picture is read by nobody, but it is held.
        source.resize(most, 7);
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&source).unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    child.envs(how);
    let child =
        child.args(["--exact", "child", "--ignored", "--nocapture"]).env(FILE, file.path()).output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    let (_, said) = said.split_once("grew ").unwrap_or_else(|| panic!("{what}: {child:?}"));
    let grew = said.split_once(" KiB").unwrap().0.parse::<u64>().unwrap() * 1024;
    let (outcome, _) = said.split_once(';').unwrap().1.split_once(';').unwrap();
    println!("{what}: {} bytes in, grew by {} MB,{outcome}", source.len(), grew / 1_000_000);
    assert!(grew <= most_grown, "{what} grew by {grew} bytes");
    assert_eq!(outcome.ends_with("bytes"), taken, "{what}: {outcome}");
}

fn jpeg(side: u32, quality: i32, subsamp: Subsamp, progressive: bool) -> Vec<u8> {
    made::encode(&made::sheet(side, side, 1), quality, subsamp, progressive)
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn jpeg_of_all_pixels() {
    let plain = jpeg(LARGEST, 40, Subsamp::None, false);
    measure("JPEG 4:4:4, 120 MP, turned", made::with_exif(&plain, 6), true);
    let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    measure("JPEG 4:4:4, 120 MP, Display P3", made::with_profile(&plain, &p3), true);
}

/// Paper without a word on it: any number of pixels within two megabytes, so that its size may stay as it is.
fn blank(side: u32, subsamp: Subsamp) -> Vec<u8> {
    let side = side as usize;
    let mut encoder = Compressor::new().unwrap();
    encoder.set_subsamp(subsamp).unwrap();
    encoder.set_quality(90).unwrap();
    encoder.set_optimize(true).unwrap();
    let pixels = [90, 160, 80].repeat(side * side);
    let image =
        Image { pixels: &pixels[..], width: side, pitch: side * 3, height: side, format: PixelFormat::RGB };
    let jpeg = encoder.compress_to_vec(image).unwrap();
    assert!(jpeg.len() < 1_900_000, "{}", jpeg.len());
    jpeg
}

#[test]
fn jpeg_that_is_encoded_anew_at_its_own_size() {
    let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    measure("JPEG 4:4:4, 30 MP, Display P3", made::with_profile(&blank(5500, Subsamp::None), &p3), true);
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn largest_jpeg_that_is_encoded_anew_at_its_own_size() {
    let turned = made::with_exif(&blank(10_400, Subsamp::Sub2x2), 6);
    measure("JPEG 4:2:0, 108 MP, turned", turned, true);
    let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let largest = made::with_profile(&blank(LARGEST, Subsamp::None), &p3);
    measure("JPEG 4:4:4, 120 MP, Display P3", largest, true);
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn jpeg_of_an_unlucky_size() {
    measure("JPEG 4:4:4, 9400²", jpeg(9400, 50, Subsamp::None, false), true);
    measure("JPEG 4:4:4, 4800²", jpeg(4800, 90, Subsamp::None, false), true);
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn jpeg_of_ink() {
    let side = LARGEST as usize;
    let sheet = made::sheet(LARGEST, LARGEST, 1);
    let ink: Vec<u8> =
        sheet.as_raw().as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 250]).collect();
    let mut encoder = Compressor::new().unwrap();
    encoder.set_subsamp(Subsamp::None).unwrap();
    encoder.set_quality(30).unwrap();
    let image =
        Image { pixels: &ink[..], width: side, pitch: side * 4, height: side, format: PixelFormat::CMYK };
    measure("JPEG CMYK, 120 MP", encoder.compress_to_vec(image).unwrap(), true);
}

#[test]
fn jpeg_held_whole() {
    measure("JPEG progressive 4:2:0, 48 MP", jpeg(6950, 85, Subsamp::Sub2x2, true), true);
    measure("JPEG progressive 4:4:4, 26 MP", jpeg(5150, 85, Subsamp::None, true), true);
    measure("JPEG progressive 4:4:4, 30 MP", jpeg(5500, 85, Subsamp::None, true), false);
}

fn png(colour: png::ColorType, depth: png::BitDepth, side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    let row = side as usize * colour.samples() * if depth == png::BitDepth::Sixteen { 2 } else { 1 };
    let lines: Vec<u8> = (0..row * 16).map(|at| (at % row / 40 % 7 * 36) as u8).collect();
    for number in 0..side {
        stream.write_all(&lines[number as usize % 16 * row..][..row]).unwrap();
    }
    stream.finish().unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn png_row_by_row() {
    measure("PNG RGBA, 120 MP", png(png::ColorType::Rgba, png::BitDepth::Eight, LARGEST), true);
    measure("PNG RGB 16 bit, 120 MP", png(png::ColorType::Rgb, png::BitDepth::Sixteen, LARGEST), true);
}

/// What every ordinary run guards: of a scan of 30 megapixels (90 MB as RGB, 120 MB with glass) a strip and what is
/// made of it stand in memory, and never all of its pixels beside them. Half as much again is allowed as was measured.
#[test]
fn scans_are_read_row_by_row() {
    let side = 5500;
    let within = |what: &str, source: Vec<u8>, most: u64| run(what, source, true, false, most);
    within("JPEG 4:4:4, 30 MP", jpeg(side, 40, Subsamp::None, false), 75_000_000);
    within("PNG RGBA, 30 MP", png(png::ColorType::Rgba, png::BitDepth::Eight, side), 180_000_000);
}

/// A PDF of one picture, packed without loss.
fn pdf(space: &str, side: u32, row: &[u8], predictor: bool) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Grain that does not pack, so that the file is too large to stay as it is.
    let grain = made::noise(row.len(), 3);
    for number in 0..side {
        if predictor {
            packed.write_all(&[0]).unwrap();
        }
        packed.write_all(if number % 16 == 0 { &grain } else { row }).unwrap();
    }
    let colours = row.len() as u32 / side;
    let mut dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => side, "Height" => side, "ColorSpace" => space,
        "BitsPerComponent" => 8, "Filter" => "FlateDecode",
    };
    if predictor {
        let parameters = dictionary! { "Predictor" => 15, "Colors" => colours, "Columns" => side };
        dict.set("DecodeParms", parameters);
    }
    made::pdf(vec![Stream::new(dict, packed.finish().unwrap())], |_| {})
}

#[test]
fn pdf_of_a_scan() {
    let row = [200, 180, 150].repeat(5500);
    measure("PDF, RGB without loss, 30 MP", pdf("DeviceRGB", 5500, &row, false), true);
    measure("PDF, RGB without loss, 30 MP, predicted", pdf("DeviceRGB", 5500, &row, true), true);
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn pdf_of_the_largest_scans() {
    let side = LARGEST;
    let row = |pixel: &[u8]| pixel.repeat(side as usize);
    measure("PDF, gray without loss, 120 MP", pdf("DeviceGray", side, &row(&[200]), false), true);
    measure(
        "PDF, ink without loss, 18 MP",
        pdf("DeviceCMYK", 4300, &[9, 40, 80, 0].repeat(4300), false),
        true,
    );
}

/// What is cut out is cut from all of its pixels.
#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn scans_that_are_cut() {
    let plain = jpeg(LARGEST, 40, Subsamp::None, false);
    run("JPEG 4:4:4, 120 MP, cut", made::with_exif(&plain, 6), true, true, MOST);
    run("PNG RGB, 120 MP, cut", png(png::ColorType::Rgb, png::BitDepth::Eight, LARGEST), true, true, MOST);
    run("TIFF in strips, 120 MP, cut", tiff(LARGEST, 100), true, true, MOST);
}

/// All rows of one colour, in seven passes.
fn interlaced(side: u32) -> Vec<u8> {
    let mut bytes = png(png::ColorType::Rgb, png::BitDepth::Eight, 8);
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 2, 0, 0, 1]].concat();
    bytes.truncate(8);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for (x, y, across, down) in
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    {
        let (width, height) = ((side - x).div_ceil(across), (side - y).div_ceil(down));
        let row = vec![0; width as usize * 3 + 1];
        (0..height).for_each(|_| packed.write_all(&row).unwrap());
    }
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed.finish().unwrap()), (b"IEND", Vec::new())] {
        let chunk = [&kind[..], &data].concat();
        bytes.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(&chunk);
        bytes.extend_from_slice(&made::crc32(&chunk).to_be_bytes());
    }
    bytes
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn png_in_seven_passes() {
    measure("PNG interlaced, 47 MP", interlaced(6890), true);
    measure("PNG interlaced, 49 MP", interlaced(7000), false);
}

/// A TIFF of packed RGB, `lines` rows to a strip.
fn tiff(side: u32, lines: u32) -> Vec<u8> {
    let row: Vec<u8> = (0..side * 3).map(|at| (at / 50 % 6 * 40) as u8).collect();
    made::Page { lines, ..made::Page::rgb(side, side) }.packed(&row)
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn tiff_strip_by_strip() {
    measure("TIFF in strips, 120 MP", tiff(LARGEST, 100), true);
    measure("TIFF in one strip, 47 MP", tiff(6890, 6890), true);
    measure("TIFF in one strip, 49 MP", tiff(7000, 7000), false);
}

#[test]
fn gif_in_four_passes() {
    let side = LARGEST as u16;
    let mut bytes = Vec::new();
    let palette: Vec<u8> = (0..=255).flat_map(|level| [level, 255 - level, level / 2]).collect();
    let mut encoder = gif::Encoder::new(&mut bytes, side, side, &palette).unwrap();
    let numbers: Vec<u8> = (0..usize::from(side) * usize::from(side))
        .map(|at| (at % usize::from(side) / 60 * 3) as u8)
        .collect();
    let frame = gif::Frame {
        width: side,
        height: side,
        interlaced: true,
        buffer: numbers.into(),
        ..Default::default()
    };
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    measure("GIF interlaced, 120 MP", bytes, true);
}

#[test]
fn bmp_of_two_colours() {
    measure("BMP of 1 bit, 47 MP", bmp(6850), true);
    measure("BMP of 1 bit, 120 MP", bmp(LARGEST), false);
}

fn bmp(side: u32) -> Vec<u8> {
    let row = side.div_ceil(32) * 4;
    let mut bytes = b"BM".to_vec();
    for number in [62 + row * side, 0, 62, 40, side, side] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 0, 1, 0]);
    for number in [0, row * side, 2835, 2835, 2, 0, 0x00FF_8000, 0x00FF_FFFF] {
        bytes.extend_from_slice(&u32::to_le_bytes(number));
    }
    bytes.extend((0..row * side).map(|at| if at % row % 5 < 2 { 0xFF } else { 0x0F }));
    bytes
}

#[test]
#[ignore = "minutes on a busy machine in a development build: run it optimised, with --run-ignored all"]
fn webp_without_loss() {
    let webp = |side| {
        let image = image::RgbImage::from_fn(side, side, |x, _| image::Rgb([(x / 70 % 200) as u8; 3]));
        made::raster(&image::DynamicImage::ImageRgb8(image), image::ImageFormat::WebP)
    };
    measure("WebP, 17 MP", webp(4200), true);
    measure("WebP, 20 MP", webp(4500), false);
}
