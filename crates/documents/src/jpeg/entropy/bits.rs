//! The bits of a scan, without the zeros that stand behind each byte of ones (ITU T.81, B.1.1.5).

use super::{
    Strange,
    codes::{Codes, Step},
};

/// Longest code with the longest value behind it.
const LONGEST: u32 = 31;

/// What was read and not passed yet, and where reading goes on.
pub(super) struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
    /// The highest come first.
    ahead: u64,
    /// How many of them count.
    count: u32,
}

impl<'b> Bits<'b> {
    pub(super) const fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at, ahead: 0, count: 0 }
    }

    /// Passes the code of a block's first coefficient and the value behind it.
    #[inline]
    pub(super) fn pass_first(&mut self, codes: &Codes) -> Result<(), Strange> {
        self.look_ahead();
        self.pass(codes.several(self.ahead)).map(drop)
    }

    /// Passes a code and the value behind it, or several, while a block stands at its coefficient `at`; where it stands
    /// then.
    #[inline]
    pub(super) fn pass_some(&mut self, codes: &Codes, at: u32) -> Result<u32, Strange> {
        self.look_ahead();
        let several = codes.several(self.ahead);
        // Behind a block's last coefficient another block begins, with codes of its own.
        if at + u32::from(several.before) < 64 {
            Ok(at + self.pass(several)?)
        } else {
            Ok(at + self.pass(codes.one(self.ahead))?)
        }
    }

    fn look_ahead(&mut self) {
        if self.count < LONGEST {
            self.fill();
        }
    }

    #[inline]
    fn pass(&mut self, step: Step) -> Result<u32, Strange> {
        let bits = u32::from(step.bits);
        if bits == 0 || bits > self.count {
            return Err(Strange);
        }
        self.ahead <<= bits;
        self.count -= bits;
        Ok(u32::from(step.on))
    }

    /// Reads ahead as far as there is room and no marker comes.
    fn fill(&mut self) {
        let next = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>);
        if let Some(next) = next.map(|next| u64::from_be_bytes(*next))
            && self.count <= 56
            && !has_ones(next)
        {
            self.ahead |= next >> self.count;
            while self.count <= 55 {
                self.at += 1;
                self.count += 8;
            }
            // Bits of a byte that was not taken as a whole come again with it.
            self.ahead &= !(u64::MAX >> self.count);
            return;
        }
        while self.count <= 56 {
            let Some(byte) = self.bytes.get(self.at).copied() else { return };
            if byte == 0xFF {
                if self.bytes.get(self.at + 1) != Some(&0) {
                    return;
                }
                self.at += 1;
            }
            self.at += 1;
            self.ahead |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Where the data end: with the last byte of which a bit was passed.
    pub(super) fn end(&mut self) -> Result<usize, Strange> {
        self.fill();
        if self.count < 8 { Ok(self.at) } else { Err(Strange) }
    }

    /// Passes the marker with this number, from where codes begin anew.
    pub(super) fn restart(&mut self, number: u8) -> Result<(), Strange> {
        let at = self.end()?;
        if self.bytes.get(at..at + 2) != Some(&[0xFF, 0xD0 + number]) {
            return Err(Strange);
        }
        *self = Self::new(self.bytes, at + 2);
        Ok(())
    }
}

/// Whether one of eight bytes is 0xFF.
const fn has_ones(bytes: u64) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let zeros = !bytes;
    zeros.wrapping_sub(LOW) & !zeros & (LOW << 7) != 0
}
