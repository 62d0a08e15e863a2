//! Reading the data of a common JPEG (baseline, everything in one scan) to its last bit without decoding it: only how
//! long each code is and how many bits follow it (ITU T.81, annexes B, C and F). That tells whether the file breaks off
//! or makes no sense anywhere, in a third of the time that the smallest decode takes, and in safe code, so that it needs no
//! process of its own.
//!
//! Strict where decoders are lenient: whatever is unusual is left to a decoder.

mod bits;
mod codes;

use bits::Bits;
use codes::Codes;

use super::markers::{next_marker, payload};

/// Blocks of a unit of the scan (ITU T.81, B.2.3).
const MOST_BLOCKS: usize = 10;
/// Segments before the scan: several times as many as any encoder writes.
const MOST_SEGMENTS: usize = 64;

/// Data that a strict reader does not follow: broken, or merely unusual.
pub(super) struct Strange;

/// Whether the file is a common JPEG whose data are whole and make sense to the last bit, with nothing behind them.
/// `false` says nothing: a decoder must judge.
pub(crate) fn is_sound(bytes: &[u8]) -> bool {
    read(bytes).is_ok()
}

/// What the segments before the scan define.
#[derive(Default)]
struct Defined {
    frame: Option<Frame>,
    quantised: [bool; 4],
    dc: [Option<Codes>; 4],
    ac: [Option<Codes>; 4],
    restart_after: u32,
}

struct Frame {
    width: u32,
    height: u32,
    components: Vec<Component>,
}

struct Component {
    id: u8,
    across: u32,
    down: u32,
    quantiser: usize,
}

fn read(bytes: &[u8]) -> Result<(), Strange> {
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return Err(Strange);
    }
    let mut defined = Defined::default();
    let mut at = 2;
    for _ in 0..MOST_SEGMENTS {
        let (marker, start) = next_marker(bytes, at).ok_or(Strange)?;
        let (payload, end) = payload(bytes, start).ok_or(Strange)?;
        if start != at {
            return Err(Strange);
        }
        at = end;
        match marker {
            0xC0 | 0xC1 if defined.frame.is_none() => defined.frame = Some(frame(payload)?),
            0xC4 => defined.take_codes(payload)?,
            0xDB => defined.take_quantisers(payload)?,
            0xDD => {
                let [high, low] = payload else { return Err(Strange) };
                defined.restart_after = u32::from(u16::from_be_bytes([*high, *low]));
            }
            0xE0 if matches!(payload, [b'J', b'F', b'I', b'F', 0, 1, _, _, _, _, _, _, 0, 0]) => {}
            0xDA => {
                let end = defined.scan(payload, bytes, at)?;
                return if bytes.get(end..) == Some(&[0xFF, 0xD9]) { Ok(()) } else { Err(Strange) };
            }
            _ => return Err(Strange),
        }
    }
    Err(Strange)
}

fn frame(payload: &[u8]) -> Result<Frame, Strange> {
    let [8, h1, h0, w1, w0, count @ (1 | 3), table @ ..] = payload else { return Err(Strange) };
    let (parts, []) = table.as_chunks::<3>() else { return Err(Strange) };
    if parts.len() != usize::from(*count) {
        return Err(Strange);
    }
    let one = |[id, factors, quantiser]: &[u8; 3]| Component {
        id: *id,
        across: u32::from(factors >> 4),
        down: u32::from(factors & 15),
        quantiser: usize::from(*quantiser),
    };
    let components: Vec<Component> = parts.iter().map(one).collect();
    let usual = |part: &Component| matches!((part.across, part.down), (1 | 2, 1 | 2));
    let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
    if width == 0 || height == 0 || !components.iter().all(usual) {
        return Err(Strange);
    }
    Ok(Frame { width: width.into(), height: height.into(), components })
}

impl Defined {
    fn take_codes(&mut self, payload: &[u8]) -> Result<(), Strange> {
        let mut rest = payload;
        while let [head, tables @ ..] = rest {
            let kind = match head >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(Strange),
            };
            // Each once: a table takes long to make beside the few bytes that it has.
            let Some(place @ None) = kind.get_mut(usize::from(head & 15)) else { return Err(Strange) };
            let (codes, after) =
                if head >> 4 == 0 { Codes::read_dc(tables)? } else { Codes::read_ac(tables)? };
            *place = Some(codes);
            rest = after;
        }
        Ok(())
    }

    fn take_quantisers(&mut self, payload: &[u8]) -> Result<(), Strange> {
        let mut rest = payload;
        while let [head, table @ ..] = rest {
            let length = match head >> 4 {
                0 => 64,
                1 => 128,
                _ => return Err(Strange),
            };
            *self.quantised.get_mut(usize::from(head & 15)).ok_or(Strange)? = true;
            rest = table.get(length..).ok_or(Strange)?;
        }
        Ok(())
    }

    /// Reads the scan whose header is `payload` and whose data begin at `at`; where they end.
    fn scan(&self, payload: &[u8], bytes: &[u8], at: usize) -> Result<usize, Strange> {
        let frame = self.frame.as_ref().ok_or(Strange)?;
        let [_, parts @ .., 0, 63, 0] = payload else { return Err(Strange) };
        let (parts, []) = parts.as_chunks::<2>() else { return Err(Strange) };
        if payload[0] != u8::try_from(parts.len()).map_err(|_| Strange)?
            || parts.len() != frame.components.len()
        {
            return Err(Strange);
        }
        let mut blocks = Vec::new();
        for ([id, numbers], component) in parts.iter().zip(&frame.components) {
            let dc = self.dc.get(usize::from(numbers >> 4)).and_then(Option::as_ref).ok_or(Strange)?;
            let ac = self.ac.get(usize::from(numbers & 15)).and_then(Option::as_ref).ok_or(Strange)?;
            if *id != component.id || self.quantised.get(component.quantiser) != Some(&true) {
                return Err(Strange);
            }
            blocks.extend((0..frame.blocks_of(component)).map(|_| (dc, ac)));
        }
        if blocks.len() > MOST_BLOCKS {
            return Err(Strange);
        }
        let mut bits = Bits::new(bytes, at);
        let mut restart = 0;
        for unit in 0..frame.units() {
            if self.restart_after > 0 && unit > 0 && unit % self.restart_after == 0 {
                bits.restart(restart)?;
                restart = (restart + 1) % 8;
            }
            for (dc, ac) in &blocks {
                block(&mut bits, dc, ac)?;
            }
        }
        bits.end()
    }
}

impl Frame {
    /// Blocks of a component in each unit of the scan; a component that is alone has one (ITU T.81, A.2).
    fn blocks_of(&self, component: &Component) -> u32 {
        if self.components.len() == 1 { 1 } else { component.across * component.down }
    }

    fn units(&self) -> u32 {
        let alone = self.components.len() == 1;
        let most = |factor: fn(&Component) -> u32| {
            if alone { 1 } else { self.components.iter().map(factor).max().unwrap_or(1) }
        };
        let (across, down) = (most(|part| part.across), most(|part| part.down));
        self.width.div_ceil(8 * across) * self.height.div_ceil(8 * down)
    }
}

/// One coefficient that tells of all, then runs of zeros and what follows each, up to the 64th.
fn block(bits: &mut Bits<'_>, dc: &Codes, ac: &Codes) -> Result<(), Strange> {
    bits.pass_first(dc)?;
    let mut at = 1;
    while at < 64 {
        at = bits.pass_some(ac, at)?;
    }
    // Beyond the last one only where the block was ended by the code for that.
    if at == 64 || at > u32::from(codes::ENDS) { Ok(()) } else { Err(Strange) }
}

#[cfg(test)]
mod tests;
