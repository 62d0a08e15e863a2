//! Makes a document fit: first with the pictures that must be encoded anyway, then with all pictures inside
//! encoded anew, at one common size and quality. Text and drawings stay as they are. Never over the limit:
//! then it is refused with the figures.

use std::collections::{BTreeSet, HashSet};

use lopdf::{Document, Object, ObjectId};

use super::{
    bilevel,
    images::Candidate,
    ladder::{Budget, Reach, Step, climb},
    load,
    profiles::Profiles,
    slots::{self, Encoded, Slot, Supply},
};
use crate::{
    Limits, Refusal, Stage,
    guard::Ticket,
    jpeg::Health,
    picture::{Picture, Ready},
    prepare::length,
};

/// Bytes by which a dictionary and its cross-reference may grow for each picture.
const SLACK: u64 = 96;
/// Bytes of resized pictures kept from one step to the next.
const KEPT: usize = 48 * 1024 * 1024;
/// Pictures tried before all of them are, where there are more than this.
const SAMPLE: usize = 3;

/// A document that fits.
pub(super) struct Fitted {
    pub(super) bytes: Vec<u8>,
    /// A picture lost pixels, or pictures inside were encoded anew.
    pub(super) smaller: bool,
    /// Pages, from 1, of which a decoder had to guess in places.
    pub(super) broken: BTreeSet<u32>,
}

/// Encodes `slots` and, where it must be, every other picture of the document until it fits.
pub(super) fn fit(
    mut document: Document,
    slots: Vec<Slot>,
    pages: u32,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Fitted, Refusal> {
    document.prune_objects();
    let mut run = Run { slots, kept: Vec::new(), kept_bytes: 0, broken: BTreeSet::new(), limits, ticket };
    if !run.slots.is_empty() {
        match run.written(&mut document, Reach::Good) {
            Ok((bytes, step)) => {
                return Ok(Fitted { smaller: run.shrunk(step.edge), bytes, broken: run.broken });
            }
            Err(Missed::By(_)) => {}
            Err(Missed::Refused(refusal)) => return Err(refusal),
        }
    }
    for object in document.objects.values_mut() {
        ticket.go_on()?;
        if let Object::Stream(stream) = object {
            // What does not get smaller stays as it is.
            let _ = stream.compress();
        }
    }
    let packed = bilevel::pack(&mut document, limits, &|| ticket.go_on())?;
    if packed && run.slots.is_empty() && load::may_fit(&document, limits.max_output_bytes) {
        let bytes = load::save(&mut document, limits.max_output_bytes)?;
        if length(&bytes) <= limits.max_output_bytes {
            return Ok(Fitted { bytes, smaller: true, broken: BTreeSet::new() });
        }
    }
    let taken: HashSet<ObjectId> = run.slots.iter().map(|slot| slot.id).collect();
    run.slots.extend(inside(&document, limits, &taken));
    run.kept.clear();
    match run.written(&mut document, Reach::Last) {
        Ok((bytes, _)) => Ok(Fitted { bytes, smaller: true, broken: run.broken }),
        Err(Missed::By(bytes)) => Err(Refusal::CannotFit { bytes, max: limits.max_output_bytes, pages }),
        Err(Missed::Refused(refusal)) => Err(refusal),
    }
}

/// The pictures of a document that can be encoded anew; masks keep their own samples.
fn inside(document: &Document, limits: &Limits, taken: &HashSet<ObjectId>) -> Vec<Slot> {
    let streams = || document.objects.iter().filter_map(|(id, object)| Some((*id, object.as_stream().ok()?)));
    let masks: HashSet<ObjectId> = streams()
        .flat_map(|(_, stream)| {
            [b"SMask".as_slice(), b"Mask"].map(|key| stream.dict.get(key).and_then(Object::as_reference))
        })
        .flatten()
        .collect();
    let profiles = Profiles::default();
    streams()
        .filter(|(id, _)| !taken.contains(id) && !masks.contains(id))
        .filter_map(|(id, stream)| {
            let candidate = Candidate::find(stream, document, limits, &profiles)?;
            let known = candidate.known;
            Some(Slot { id, supply: Supply::Inside(candidate), known, sheet: None, page: None })
        })
        .collect()
}

/// Why a document could not be written small enough.
enum Missed {
    /// Its bytes at the lowest step.
    By(u64),
    Refused(Refusal),
}

impl From<Refusal> for Missed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

struct Run<'a> {
    slots: Vec<Slot>,
    /// Pictures resized for an earlier step, by slot, with the edge they were resized for.
    kept: Vec<Option<(u32, Picture)>>,
    kept_bytes: usize,
    broken: BTreeSet<u32>,
    limits: &'a Limits,
    ticket: &'a Ticket,
}

impl Run<'_> {
    fn shrunk(&self, edge: u32) -> bool {
        // A pixel shaved off an odd side is not what a person calls smaller.
        self.slots.iter().any(|slot| slot.known.edge > edge.saturating_add(1))
    }

    fn written(&mut self, document: &mut Document, reach: Reach) -> Result<(Vec<u8>, Step), Missed> {
        let max = self.limits.max_output_bytes;
        let count = self.slots.len();
        let fixed = self.fixed_bytes(document)?;
        let slack = SLACK.saturating_mul(u64::try_from(count).unwrap_or(u64::MAX));
        let known: Vec<_> = self.slots.iter().map(|slot| slot.known).collect();
        let spare = max.saturating_sub(fixed).saturating_sub(slack);
        let budget = Budget { pictures: &known, bytes: spare };
        self.kept.resize_with(count, || None);
        let mut smallest = u64::MAX;
        // What was encoded last, so that the sample's work is not done twice.
        let mut last: Option<(Step, Vec<Option<Option<Encoded>>>)> = None;
        let sample = match count {
            0 | 1 => Vec::new(),
            // What lossless pictures weigh as JPEGs is a guess until one of them was made.
            _ if count <= SAMPLE + 1 && self.slots.iter().any(Slot::is_guess) => vec![count / 2],
            _ if count <= SAMPLE + 1 => Vec::new(),
            _ => vec![0, count / 2, count - 1],
        };
        let outcome = climb(&budget, reach, &sample, |step, which| {
            let mut made = match last.take() {
                Some((before, made)) if before == step => made,
                _ => (0..count).map(|_| None).collect(),
            };
            let mut total = 0_u64;
            let all: Vec<usize> = if which.is_empty() { (0..count).collect() } else { which.to_vec() };
            for index in all {
                let Some(place) = made.get_mut(index) else { continue };
                self.ticket.step(Stage::Fitting, share(index, count))?;
                let encoded = match place.take() {
                    Some(encoded) => encoded,
                    None => self.encoded(document, index, step)?,
                };
                total = total.saturating_add(self.weight(document, index, encoded.as_ref()));
                *place = Some(encoded);
            }
            if which.is_empty() {
                smallest = smallest.min(total);
                Ok((Some(made.into_iter().map(Option::flatten).collect::<Vec<_>>()), total))
            } else {
                last = Some((step, made));
                Ok((None, total))
            }
        })?;
        let Some((Some(made), step)) = outcome else {
            return Err(Missed::By(smallest.saturating_add(fixed)));
        };
        let filled: Vec<(&Slot, Encoded)> =
            self.slots.iter().zip(made).filter_map(|(slot, encoded)| Some((slot, encoded?))).collect();
        for (slot, encoded) in filled {
            slot.fill(document, encoded);
        }
        let bytes = load::save(document, max)?;
        if length(&bytes) > max { Err(Missed::By(length(&bytes))) } else { Ok((bytes, step)) }
    }

    /// One picture at a step; `None` where its own bytes are better.
    fn encoded(&mut self, document: &Document, index: usize, step: Step) -> Result<Option<Encoded>, Refusal> {
        let slot = &self.slots[index];
        let must = !matches!(slot.supply, Supply::Inside(_));
        if !matches!(&self.kept[index], Some((edge, _)) if *edge == step.edge) {
            let made = slot.picture(document, step.edge, self.limits, &|| self.ticket.go_on());
            let (picture, health) = match made {
                Ok(made) => made,
                Err(refusal) if must => return Err(refusal),
                // A picture that cannot be read stays as it is; it may be one nobody draws.
                Err(_) => return self.ticket.go_on().map(|()| None),
            };
            self.broken.extend(slot.page.filter(|_| health == Health::Suspect));
            self.keep(index, step.edge, picture);
        }
        let Some((_, picture)) = &self.kept[index] else { return Ok(None) };
        let encoded = slots::encode(picture, step.quality)?;
        if self.kept_bytes > KEPT {
            self.forget(index);
        }
        let own = if must { u64::MAX } else { own_weight(document, self.slots[index].id) };
        Ok((length(&encoded.bytes) < own).then_some(encoded))
    }

    fn keep(&mut self, index: usize, edge: u32, picture: Picture) {
        self.forget(index);
        self.kept_bytes += weight(&picture);
        self.kept[index] = Some((edge, picture));
    }

    fn forget(&mut self, index: usize) {
        if let Some((_, picture)) = self.kept[index].take() {
            self.kept_bytes = self.kept_bytes.saturating_sub(weight(&picture));
        }
    }

    fn weight(&self, document: &Document, index: usize, encoded: Option<&Encoded>) -> u64 {
        encoded.map_or_else(|| own_weight(document, self.slots[index].id), |encoded| length(&encoded.bytes))
    }

    /// What the file weighs without these pictures: written once with them taken out.
    fn fixed_bytes(&self, document: &mut Document) -> Result<u64, Refusal> {
        let mut taken = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            if let Ok(Object::Stream(stream)) = document.get_object_mut(slot.id) {
                taken.push((slot.id, std::mem::take(&mut stream.content)));
            }
        }
        let bytes = load::save(document, 0);
        for (id, content) in taken {
            if let Ok(Object::Stream(stream)) = document.get_object_mut(id) {
                stream.set_content(content);
            }
        }
        bytes.map(|bytes| length(&bytes))
    }
}

fn own_weight(document: &Document, id: ObjectId) -> u64 {
    document.get_object(id).and_then(Object::as_stream).map_or(0, |stream| length(&stream.content))
}

fn weight(picture: &Picture) -> usize {
    match &picture.pixels {
        Ready::Gray(gray) => gray.len(),
        Ready::Rgb(rgb) => rgb.len(),
        Ready::Yuv { y, u, v } | Ready::Fine([y, u, v]) => y.len() + u.len() + v.len(),
    }
}

/// Progress from 0.3 to 0.9.
fn share(index: usize, count: usize) -> f32 {
    let part = |number: usize| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    0.3 + 0.6 * part(index) / part(count.max(1))
}
