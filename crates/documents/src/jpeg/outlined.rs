//! A JPEG without its entropy-coded data: what its segments say can be read from that, and a photo's megabytes need
//! not stand in memory for it.

use std::io::{self, BufRead, Read};

/// The segments of a file, byte for byte as far as anybody reads them, and how many bytes of data were left out
/// between them. Markers are found as in a whole file (see `markers`).
pub(crate) struct Outlined {
    pub(crate) bytes: Vec<u8>,
    pub(crate) left_out: u64,
}

impl Outlined {
    pub(crate) fn read(file: &mut dyn BufRead) -> io::Result<Self> {
        let mut outlined = Self { bytes: Vec::new(), left_out: 0 };
        file.take(2).read_to_end(&mut outlined.bytes)?;
        let mut found = outlined.next_marker(file)?;
        while let Some(marker) = found {
            found = match marker {
                0xD9 => {
                    // One byte tells that there is something behind the end.
                    file.take(1).read_to_end(&mut outlined.bytes)?;
                    None
                }
                0x01 | 0xD0..=0xD8 => outlined.next_marker(file)?,
                _ if !outlined.segment(file)? => None,
                0xDA => outlined.end_of_scan(file)?,
                _ => outlined.next_marker(file)?,
            };
        }
        Ok(outlined)
    }

    /// The next marker, copied with everything before it.
    fn next_marker(&mut self, file: &mut dyn BufRead) -> io::Result<Option<u8>> {
        loop {
            if file.read_until(0xFF, &mut self.bytes)? == 0 {
                return Ok(None);
            }
            match peek(file)? {
                None => return Ok(None),
                Some(0xFF) => {}
                Some(byte) => {
                    self.bytes.push(byte);
                    file.consume(1);
                    if byte != 0 {
                        return Ok(Some(byte));
                    }
                }
            }
        }
    }

    /// Copies a segment behind its marker; whether it was whole.
    fn segment(&mut self, file: &mut dyn BufRead) -> io::Result<bool> {
        let mut length = [0; 2];
        let read = file.take(2).read_to_end(&mut self.bytes)?;
        if read < 2 {
            return Ok(false);
        }
        length.copy_from_slice(&self.bytes[self.bytes.len() - 2..]);
        let Some(rest) = u16::from_be_bytes(length).checked_sub(2) else { return Ok(false) };
        Ok(file.take(u64::from(rest)).read_to_end(&mut self.bytes)? == usize::from(rest))
    }

    /// The marker at which entropy-coded data end; what comes before it is left out.
    fn end_of_scan(&mut self, file: &mut dyn BufRead) -> io::Result<Option<u8>> {
        loop {
            let skipped = file.skip_until(0xFF)?;
            self.left_out = self.left_out.saturating_add(u64::try_from(skipped).unwrap_or(u64::MAX));
            match peek(file)? {
                None => return Ok(None),
                // The first of two may be filling before a marker.
                Some(0xFF) => {}
                Some(0x00 | 0xD0..=0xD7) => {
                    file.consume(1);
                    self.left_out = self.left_out.saturating_add(1);
                }
                Some(marker) => {
                    file.consume(1);
                    self.left_out = self.left_out.saturating_sub(1);
                    self.bytes.extend_from_slice(&[0xFF, marker]);
                    return Ok(Some(marker));
                }
            }
        }
    }
}

fn peek(file: &mut dyn BufRead) -> io::Result<Option<u8>> {
    Ok(file.fill_buf()?.first().copied())
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::Outlined;
    use crate::{
        Limits, Refusal,
        jpeg::{self, Header},
    };

    fn told(header: Result<Header, Refusal>) -> Result<String, Refusal> {
        header.map(|header| {
            let picture = (header.width, header.height, header.components, header.process, header.quality);
            let data = (header.ended, header.full_colour, header.coefficient_bytes, header.held_bytes);
            let around = (header.metadata, header.is_unbroken(), header.own_length(), &header.icc);
            format!("{picture:?} {data:?} {around:?}")
        })
    }

    /// Whole, cut anywhere, and with bytes changed: what is read from the outline is what is read from the file.
    #[test]
    fn an_outline_says_what_the_file_says() {
        let pixels: Vec<u8> =
            (0..64_u32 * 48 * 3).map(|at| u8::try_from(at * at / 7 % 251).unwrap_or(0)).collect();
        let image = turbojpeg::Image {
            pixels: &pixels[..],
            width: 64,
            pitch: 192,
            height: 48,
            format: turbojpeg::PixelFormat::RGB,
        };
        for progressive in [false, true] {
            let mut encoder = turbojpeg::Compressor::new().expect("an encoder");
            encoder.set_progressive(progressive).expect("is a choice");
            let whole = encoder.compress_to_vec(image).expect("encodes");
            let mut files = vec![whole.clone(), [&whole[..], b"film"].concat()];
            files.extend((0..whole.len()).step_by(7).map(|end| whole[..end].to_vec()));
            for at in 0..whole.len() {
                for byte in [0xFF, 0x00, 0xD3, 0xDA] {
                    let mut file = whole.clone();
                    file[at] = byte;
                    files.push(file);
                }
            }
            for file in files {
                // A buffer so small that every marker is met at its end.
                let mut narrow = BufReader::with_capacity(3, &file[..]);
                let outlined = Outlined::read(&mut narrow).expect("from memory");
                let length = u64::try_from(file.len()).expect("small");
                let outlined = jpeg::read_outlined(&outlined, length, &Limits::default());
                assert_eq!(told(outlined), told(jpeg::read(&file, &Limits::default())));
            }
        }
    }
}
