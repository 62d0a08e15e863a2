#![allow(clippy::cast_possible_truncation, reason = "samples of test pictures")]

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use super::{Filter, Samples, Strips};

/// Strips and the whole picture at once give the same, at whole, broken and no reduction.
#[test]
fn strips_are_no_different_from_the_whole() {
    let cases = [
        (Samples::Rgb, (700, 3000), (233, 1000)),
        (Samples::Gray, (3001, 2003), (999, 667)),
        (Samples::Cmyk, (90, 70), (90, 70)),
        (Samples::Rgb, (20, 9000), (2, 900)),
        // The colours of a photograph are stored at half the size that may be wanted.
        (Samples::Gray, (500, 3000), (900, 5400)),
    ];
    for (samples, from, to) in cases {
        let length = (from.0 * from.1 * samples.count()) as usize;
        let pixels: Vec<u8> = (0..length).map(|at| ((at * 7919) % 251 + at / 5000 % 5) as u8).collect();
        let mut strips = Strips::new(samples, from.0, from, to, Filter::Lanczos).expect("small");
        let rows = strips.row_bytes() * 7;
        pixels.chunks(rows).for_each(|rows| strips.push(rows).expect("takes rows"));
        let found = strips.finish().expect("all rows came");
        let source = ImageRef::new(from.0, from.1, &pixels, samples.kind()).expect("fits");
        let mut whole = Image::new(to.0, to.1, samples.kind());
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).use_alpha(false);
        Resizer::new().resize(&source, &mut whole, &options).expect("resizes");
        // Sums of weights may round differently by a level.
        let far = found.iter().zip(whole.buffer()).filter(|(a, b)| a.abs_diff(**b) > 1).count();
        assert_eq!((found.len(), far), (whole.buffer().len(), 0), "{samples:?} {from:?}");
    }
}

/// Heights whose quotient is not exact, in strips of an odd number of rows.
#[test]
fn rounding_never_leads_out_of_the_picture() {
    for height in (1000..3000).step_by(13) {
        for to in [height * 3508 / 6850, height / 3, 513] {
            let mut strips =
                Strips::new(Samples::Gray, 3, (3, height), (2, to), Filter::Lanczos).expect("small");
            (strips.step, strips.batch) = (37, 111);
            strips.push(&vec![9; 3 * height as usize]).expect("takes rows");
            let picture = strips.finish().expect("all rows came");
            assert!(picture.iter().all(|level| *level == 9), "{height} to {to}");
        }
    }
}

/// The last strip must still be whole when what there is room for is more than was asked for.
#[test]
fn room_to_spare_is_no_damage() {
    for to in [(10, 10), (5, 5)] {
        let mut strips = Strips::new(Samples::Gray, 10, (10, 10), to, Filter::Cubic).expect("small");
        strips.result.reserve(1000);
        strips.push(&[1; 100]).expect("takes rows");
        assert_eq!(strips.finish().map(|picture| picture.len()).ok(), Some((to.0 * to.1) as usize));
    }
}

#[test]
fn missing_rows_are_noticed() {
    for to in [(10, 10), (5, 5)] {
        let mut strips = Strips::new(Samples::Gray, 10, (10, 10), to, Filter::Cubic).expect("small");
        strips.push(&[1; 90]).expect("takes rows");
        assert!(strips.finish().is_err());
    }
}
