//! A PDF over the limit: its pictures are encoded anew at one common size and quality until the file
//! fits; text and drawings stay as they are. Never over the limit: then it is refused with the figures.

use lopdf::{Document, Object, ObjectId};

use super::{
    images::{Candidate, Replacement},
    ladder::{Budget, climb},
    load,
};
use crate::{Limits, Refusal, Stage, guard::Ticket, prepare::length};

/// Bytes by which `/Length` and cross-references may grow for each picture.
const SLACK: u64 = 64;

pub(super) fn shrink(
    mut document: Document,
    pages: u32,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Vec<u8>, Refusal> {
    document.prune_objects();
    document.compress();
    let candidates = candidates(&document, limits);
    let fixed = fixed_bytes(&mut document, &candidates)?;
    let known: Vec<_> = candidates.iter().map(|(_, candidate)| candidate.known).collect();
    let max = limits.max_output_bytes;
    let count = u64::try_from(candidates.len()).unwrap_or(u64::MAX);
    let spare = max.saturating_sub(fixed).saturating_sub(count.saturating_mul(SLACK));
    let mut smallest = u64::MAX;
    let budget = Budget { pictures: &known, bytes: spare };
    let outcome = climb(&budget, |step| {
        let mut made: Vec<Option<Replacement>> = Vec::with_capacity(candidates.len());
        let mut total = 0_u64;
        for (index, (id, candidate)) in candidates.iter().enumerate() {
            ticket.step(Stage::Fitting, share(index, candidates.len()))?;
            let stream =
                document.get_object(*id).and_then(Object::as_stream).map_err(|_| Refusal::Damaged)?;
            let before = length(&stream.content);
            // A picture that cannot be read stays as it is; it may be one nobody draws.
            let after = candidate.encode(stream, step.edge, step.quality).ok();
            let after = after.filter(|after| length(&after.bytes) < before);
            total = total.saturating_add(after.as_ref().map_or(before, |after| length(&after.bytes)));
            made.push(after);
        }
        smallest = smallest.min(total);
        Ok((made, total))
    })?;
    let too_large = |bytes: u64| Refusal::CannotFit { bytes, max, pages };
    let Some((made, _)) = outcome else {
        return Err(too_large(smallest.saturating_add(fixed)));
    };
    for ((id, _), replacement) in candidates.iter().zip(made) {
        if let (Some(replacement), Ok(Object::Stream(stream))) = (replacement, document.get_object_mut(*id)) {
            replacement.replace(stream);
        }
    }
    let bytes = load::save(&mut document, max)?;
    if length(&bytes) > max { Err(too_large(length(&bytes))) } else { Ok(bytes) }
}

fn candidates(document: &Document, limits: &Limits) -> Vec<(ObjectId, Candidate)> {
    let streams = document.objects.iter().filter_map(|(id, object)| Some((*id, object.as_stream().ok()?)));
    streams.filter_map(|(id, stream)| Some((id, Candidate::find(stream, document, limits)?))).collect()
}

/// What the file weighs without the pictures: written once with them taken out.
fn fixed_bytes(document: &mut Document, candidates: &[(ObjectId, Candidate)]) -> Result<u64, Refusal> {
    let mut taken = Vec::with_capacity(candidates.len());
    for (id, _) in candidates {
        if let Ok(Object::Stream(stream)) = document.get_object_mut(*id) {
            taken.push(std::mem::take(&mut stream.content));
        }
    }
    let bytes = load::save(document, 0);
    for ((id, _), content) in candidates.iter().zip(taken) {
        if let Ok(Object::Stream(stream)) = document.get_object_mut(*id) {
            stream.set_content(content);
        }
    }
    bytes.map(|bytes| length(&bytes))
}

/// Progress from 0.3 to 0.9.
fn share(index: usize, count: usize) -> f32 {
    let part = |number: usize| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    0.3 + 0.6 * part(index) / part(count.max(1))
}
