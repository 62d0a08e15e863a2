#![allow(clippy::expect_used)]

use proptest::prelude::*;

use super::is_sound;
use crate::{
    Limits,
    jpeg::{self, Chroma, Health, Tables},
    picture::{Picture, Ready},
};

/// 45 × 37 pixels, two colours for every four of them, a restart after each two units:
/// `cjpeg -quality 80 -restart 2B`.
const RESTARTS: &[u8] = include_bytes!("../../../tests/fixtures/restarts.jpg");

/// What the decoder says of it.
fn decoder_says(bytes: &[u8]) -> bool {
    jpeg::read(bytes, &Limits::default())
        .and_then(|header| jpeg::health(bytes, &header))
        .is_ok_and(|health| health == Health::Sound)
}

/// A picture that is nowhere even, so that codes of all lengths occur.
fn samples(count: u32) -> Vec<u8> {
    let one = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8 / 3 + (at / 7 % 160) as u8;
    (0..count).map(one).collect()
}

fn pictures() -> Vec<Vec<u8>> {
    let mut made = vec![RESTARTS.to_vec()];
    for (width, height) in [(46, 38), (8, 8), (2, 2), (400, 302)] {
        let (all, part) = (samples(width * height), samples(width / 2 * (height / 2)));
        for tables in [Tables::Optimised, Tables::Standard] {
            for (quality, chroma) in [(12, Chroma::Quarter), (85, Chroma::Quarter), (100, Chroma::Full)] {
                let kinds = [
                    Ready::Gray(all.clone()),
                    Ready::Yuv { y: all.clone(), u: part.clone(), v: part.clone() },
                    Ready::Rgb(samples(width * height * 3)),
                ];
                for pixels in kinds {
                    let picture = Picture { width, height, pixels };
                    made.push(jpeg::encode_with(&picture, quality, chroma, tables).expect("encodes"));
                }
            }
        }
    }
    made
}

#[test]
fn what_encoders_write_is_sound() {
    for (number, picture) in pictures().into_iter().enumerate() {
        assert!(decoder_says(&picture), "{number}");
        assert!(is_sound(&picture), "{number}");
    }
}

#[test]
fn what_breaks_off_anywhere_or_goes_on_is_not() {
    for picture in pictures() {
        // Each of the small ones' bytes, some of the large ones'.
        for end in (0..picture.len()).step_by(1 + picture.len() / 500) {
            assert!(!is_sound(&picture[..end]), "{end} of {}", picture.len());
        }
        assert!(!is_sound(&[&picture[..], b"more"].concat()));
        let end = picture.len() - 2;
        assert!(!is_sound(&[&picture[..end], b"more", &picture[end..]].concat()));
    }
}

#[test]
fn a_restart_that_is_missing_or_of_another_number_is_seen() {
    let first = RESTARTS.windows(2).position(|pair| pair == [0xFF, 0xD0]).expect("a restart");
    let mut other = RESTARTS.to_vec();
    other[first + 1] = 0xD3;
    assert!(!is_sound(&other));
    other.drain(first..first + 2);
    assert!(!is_sound(&other));
}

/// One unit of three components with these sampling factors, all of it black; `codes` is its table for all but the
/// first coefficients.
fn unit(edge: u8, factors: u8, codes: &[u8]) -> Vec<u8> {
    let blocks = 3 * usize::from(factors >> 4) * usize::from(factors & 15);
    let segment = |marker: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len() + 2).expect("short").to_be_bytes();
        [&[0xFF, marker], &length[..], payload].concat()
    };
    let first = [&[0x00, 1][..], &[0; 15], &[0]].concat();
    [
        vec![0xFF, 0xD8],
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &[8, 0, edge, 0, edge, 3, 1, factors, 0, 2, factors, 0, 3, factors, 0]),
        segment(0xC4, &first),
        segment(0xC4, &[&[0x10][..], codes].concat()),
        segment(0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
        // Two bits of each block.
        vec![0; blocks.div_ceil(4)],
        vec![0xFF, 0xD9],
    ]
    .concat()
}

#[test]
fn what_decoders_refuse_of_tables_and_units_is_not_sound() {
    let ends = [&[1][..], &[0; 15], &[0]].concat();
    let plain = unit(8, 0x11, &ends);
    assert!(is_sound(&plain) && decoder_says(&plain));
    let large = unit(16, 0x22, &ends);
    assert!(!is_sound(&large) && !decoder_says(&large), "twelve blocks");
    let mut counts = [0; 16];
    (counts[0], counts[9], counts[14], counts[15]) = (1, 60, 100, 100);
    let many = unit(8, 0x11, &[&counts[..], &[0], &[1; 260]].concat());
    assert!(!is_sound(&many) && !decoder_says(&many), "261 codes");
}

#[test]
fn what_costs_more_than_its_bytes_is_left_to_a_decoder() {
    let ends = [&[1][..], &[0; 15], &[0]].concat();
    let plain = unit(8, 0x11, &ends);
    let table = [&[0xFF, 0xC4, 0, 20, 0x10][..], &ends].concat();
    let again = [&plain[..2], &table, &plain[2..]].concat();
    assert!(!is_sound(&again) && decoder_says(&again), "a table twice");
    let empty = [&plain[..2], &[0xFF, 0xC4, 0, 2].repeat(100), &plain[2..]].concat();
    assert!(!is_sound(&empty), "a hundred segments");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// It never calls sound what a decoder complains of, wherever bytes were changed, and never falls over.
    #[test]
    fn what_is_sound_is_sound_to_a_decoder(
        of in 0_usize..10, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut bytes = PICTURES[of].clone();
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if is_sound(&bytes) {
            prop_assert!(decoder_says(&bytes));
        }
    }
}

/// The small ones, each kind once.
static PICTURES: std::sync::LazyLock<Vec<Vec<u8>>> =
    std::sync::LazyLock::new(|| pictures().into_iter().take(10).collect());
