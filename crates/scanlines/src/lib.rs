//! Reads a JPEG row by row, in the planes it holds, through libjpeg-turbo's own interface: only a band of it
//! stands in memory (and all coefficients, where the file is progressive or has its planes in scans of their own).
//! `turbojpeg` gives whole pictures only.
//!
//! This is the one place of the workspace with unsafe code; it knows nothing but bytes and planes.
#![allow(unsafe_code, reason = "libjpeg-turbo is C; every call into it stands in this crate")]

use std::{fmt, marker::PhantomData, os::raw::c_int, ptr::NonNull};

// Brings in the library that `scanlines.c` calls.
use turbojpeg_sys as _;

const MOST_COMPONENTS: usize = 4;

/// Why a JPEG cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is none, or its data make no sense.
    Broken,
    /// It has more scans than were allowed.
    TooManyScans,
    /// The machine has no memory left.
    NoMemory,
    /// It is neither gray nor in luma and two colours.
    OtherColours,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Broken => "not a JPEG that can be read",
            Self::TooManyScans => "more scans than allowed",
            Self::NoMemory => "no memory left",
            Self::OtherColours => "neither gray nor in luma and two colours",
        })
    }
}

impl std::error::Error for Error {}

/// A plane of the picture at the size it is decoded to.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plane {
    /// Samples of a row that belong to the picture.
    pub width: u32,
    /// Rows that belong to the picture.
    pub height: u32,
    /// Samples of a row as it is written: whole blocks, so at least `width`.
    pub stride: u32,
    /// Rows of a band; those of the last band that lie beyond `height` mean nothing.
    pub rows: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Facts {
    components: u32,
    space: u32,
    bands: u32,
    planes: [Plane; MOST_COMPONENTS],
}

/// `struct scanlines` of `scanlines.c`.
#[repr(C)]
struct Raw {
    _private: [u8; 0],
}

unsafe extern "C" {
    fn scanlines_open(
        bytes: *const u8,
        length: usize,
        most_scans: c_int,
        facts: *mut Facts,
        code: *mut c_int,
    ) -> *mut Raw;
    fn scanlines_start(reader: *mut Raw, eighths: c_int, facts: *mut Facts) -> c_int;
    fn scanlines_read(reader: *mut Raw, facts: *const Facts, bands: *const *mut u8) -> c_int;
    fn scanlines_warnings(reader: *const Raw) -> std::os::raw::c_long;
    fn scanlines_close(reader: *mut Raw);
}

/// A JPEG being read.
pub struct Reader<'a> {
    raw: NonNull<Raw>,
    facts: Facts,
    done: u32,
    bytes: PhantomData<&'a [u8]>,
}

impl<'a> Reader<'a> {
    /// Begins to decode `bytes` at `eighths` eighths (1 to 8) of the picture's size. Of a progressive file all
    /// scans, at most `most_scans`, are read here.
    ///
    /// # Errors
    /// What is wrong with the file; colours other than gray or YCbCr are not read.
    pub fn new(bytes: &'a [u8], eighths: u8, most_scans: u16) -> Result<Self, Error> {
        let mut facts = Facts::default();
        let mut code = 0;
        // SAFETY: the bytes outlive the reader by its lifetime; both places to write to are valid.
        let raw = unsafe {
            scanlines_open(
                bytes.as_ptr(),
                bytes.len(),
                c_int::from(most_scans),
                &raw mut facts,
                &raw mut code,
            )
        };
        let raw = NonNull::new(raw).ok_or(Error::NoMemory)?;
        let mut reader = Self { raw, facts, done: 0, bytes: PhantomData };
        check(code)?;
        if !matches!((facts.space, facts.components), (1, 1) | (3, 3)) {
            return Err(Error::OtherColours);
        }
        // SAFETY: the reader is open and its header was read without an error.
        let code = unsafe {
            scanlines_start(reader.raw.as_ptr(), c_int::from(eighths.clamp(1, 8)), &raw mut reader.facts)
        };
        check(code)?;
        Ok(reader)
    }

    /// The planes: one, or luma and two colours.
    #[must_use]
    pub fn planes(&self) -> &[Plane] {
        let count = usize::try_from(self.facts.components).unwrap_or(0);
        &self.facts.planes[..count.min(MOST_COMPONENTS)]
    }

    /// Reads the next band into a buffer for each plane, of `stride * rows` samples; whether there was one.
    ///
    /// # Errors
    /// [`Error::Broken`] where data cannot be decoded at all, or buffers are not what they must be. Damage that
    /// can be passed over is counted instead, see [`Self::is_sound`].
    pub fn read(&mut self, bands: &mut [&mut [u8]]) -> Result<bool, Error> {
        let fits = |(plane, band): (&Plane, &&mut [u8])| {
            u64::try_from(band.len()) == Ok(u64::from(plane.stride) * u64::from(plane.rows))
        };
        if bands.len() != self.planes().len() || !self.planes().iter().zip(&*bands).all(fits) {
            return Err(Error::Broken);
        }
        if self.done == self.facts.bands {
            return Ok(false);
        }
        let mut starts = [std::ptr::null_mut(); MOST_COMPONENTS];
        for (start, band) in starts.iter_mut().zip(bands) {
            *start = band.as_mut_ptr();
        }
        // SAFETY: decoding was begun, bands are left, and each buffer is as long as its plane's facts say.
        let code = unsafe { scanlines_read(self.raw.as_ptr(), &raw const self.facts, starts.as_ptr()) };
        // After an error nothing more is read.
        self.done = if code == 0 { self.done + 1 } else { self.facts.bands };
        check(code)?;
        Ok(true)
    }

    /// Whether everything that was read so far made sense to the decoder; where it did not it filled in gray.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        // SAFETY: the reader is open.
        unsafe { scanlines_warnings(self.raw.as_ptr()) == 0 }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // SAFETY: it was opened once and is closed once.
        unsafe { scanlines_close(self.raw.as_ptr()) }
    }
}

fn check(code: c_int) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        2 => Err(Error::TooManyScans),
        3 => Err(Error::NoMemory),
        _ => Err(Error::Broken),
    }
}
