//! Huffman codes (ITU T.81, annex C), each with how far it leads.

use super::Strange;

/// Bits that are looked up at once; longer codes are rare.
const SHORT: usize = 12;
/// One for each symbol.
const MOST_CODES: usize = 256;
/// How far the code leads that ends a block: beyond every place that is reached otherwise.
pub(super) const ENDS: u8 = 128;

/// What a code comes to, or several that follow each other.
#[derive(Clone, Copy, Default)]
pub(super) struct Step {
    /// Bits of the codes and of the values behind them; 0 where there is no such code.
    pub(super) bits: u8,
    /// By how many coefficients a block goes on.
    pub(super) on: u8,
    /// By how many before the last of the codes.
    pub(super) before: u8,
}

/// The codes of one table.
pub(super) struct Codes {
    /// As many codes as lie within the first bits, or one that begins there.
    short: Box<[Step; 1 << SHORT]>,
    /// For each length from 1: where, in 16 bits, longer codes begin, and how many codes there are up to there.
    long: [(u32, usize); 16],
    steps: Vec<Step>,
}

impl Codes {
    /// Reads the lengths and symbols of a table for first coefficients, of which each block has one; what follows them.
    pub(super) fn read_dc(bytes: &[u8]) -> Result<(Self, &[u8]), Strange> {
        let (codes, symbols, rest) = Self::read(bytes)?;
        if symbols.iter().all(|symbol| *symbol < 16) { Ok((codes, rest)) } else { Err(Strange) }
    }

    /// The same for all other coefficients.
    pub(super) fn read_ac(bytes: &[u8]) -> Result<(Self, &[u8]), Strange> {
        let (mut codes, _, rest) = Self::read(bytes)?;
        codes.take_several_at_once();
        Ok((codes, rest))
    }

    fn read(bytes: &[u8]) -> Result<(Self, &[u8], &[u8]), Strange> {
        let (counts, rest) = bytes.split_first_chunk::<16>().ok_or(Strange)?;
        let all: usize = counts.iter().copied().map(usize::from).sum();
        if all > MOST_CODES {
            return Err(Strange);
        }
        let (symbols, rest) = rest.split_at_checked(all).ok_or(Strange)?;
        let mut codes = Self {
            short: Box::new([Step::default(); 1 << SHORT]),
            long: [(0, 0); 16],
            steps: Vec::with_capacity(all),
        };
        // The next code, as 16 bits.
        let mut next = 0_u32;
        for ((length, count), long) in (1_u8..).zip(counts).zip(&mut codes.long) {
            for _ in 0..*count {
                let step = step(length, symbols[codes.steps.len()]);
                let end = next + (1 << (16 - length));
                // The code of ones only is left free.
                if end >= 1 << 16 {
                    return Err(Strange);
                }
                if usize::from(length) <= SHORT {
                    codes.short[place(next >> (16 - SHORT))..place(end >> (16 - SHORT))].fill(step);
                }
                codes.steps.push(step);
                next = end;
            }
            *long = (next, codes.steps.len());
        }
        Ok((codes, symbols, rest))
    }

    fn take_several_at_once(&mut self) {
        let one = self.short.clone();
        for (at, several) in self.short.iter_mut().enumerate() {
            loop {
                let passed = usize::from(several.bits);
                if passed == 0 || passed >= SHORT || several.on >= 64 {
                    break;
                }
                let next = one[(at << passed) & ((1 << SHORT) - 1)];
                if next.bits == 0 || passed + usize::from(next.bits) > SHORT {
                    break;
                }
                *several =
                    Step { bits: several.bits + next.bits, on: several.on + next.on, before: several.on };
            }
        }
    }

    /// What the codes come to with which these bits begin, highest first.
    #[inline]
    pub(super) fn several(&self, bits: u64) -> Step {
        let first = self.short[usize::try_from(bits >> (64 - SHORT)).unwrap_or_default()];
        if first.bits == 0 { self.one(bits) } else { first }
    }

    /// The same of the first code only.
    #[cold]
    pub(super) fn one(&self, bits: u64) -> Step {
        let bits = u32::try_from(bits >> 48).unwrap_or_default();
        let mut from = (0, 0);
        for (length, to) in (1_u8..).zip(self.long) {
            if bits < to.0 {
                let nth = from.1 + place((bits - from.0) >> (16 - length));
                return self.steps.get(nth).copied().unwrap_or_default();
            }
            from = to;
        }
        Step::default()
    }
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The symbol is a run of zeros and the size of the value behind them.
fn step(length: u8, symbol: u8) -> Step {
    let (zeros, size) = (symbol >> 4, symbol & 15);
    let on = match (zeros, size) {
        (0, 0) => ENDS,
        // Means nothing in a picture of this kind: leads nowhere that a block may end.
        (1..15, 0) => 65,
        _ => zeros + 1,
    };
    Step { bits: length + size, on, before: 0 }
}
