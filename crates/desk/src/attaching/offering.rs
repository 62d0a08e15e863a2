//! More files than there is room for: what the person may say to that. Several photos of one paper belong together,
//! so they are offered to be bound into one PDF. The files wait here, because the window knows no paths.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use documents::{Edit, Limits};
use protocol::ApplicationId;
use uuid::Uuid;

use super::{
    AttachOutcome, BindingOffer, RefusedFile,
    arriving::{Arrival, Arrived},
    binding::joined,
    preparing, refusals,
    standing::Place,
};
use crate::{Desk, Explained};

/// The files that wait for an answer; one offer for each slot.
#[derive(Default)]
pub(crate) struct Offers(Mutex<HashMap<(ApplicationId, String), Waiting>>);

struct Waiting {
    offer: String,
    place: Place,
    arrivals: Vec<Arrival>,
}

impl Offers {
    /// Keeps the files until somebody answers; those of an earlier offer for the slot are forgotten.
    pub(super) fn make(&self, id: ApplicationId, place: Place, arrivals: Vec<Arrival>) -> BindingOffer {
        let offer = BindingOffer {
            offer: Uuid::new_v4().to_string(),
            names: arrivals.iter().map(|arrival| arrival.name.clone()).collect(),
            room: place.room,
        };
        let waiting = Waiting { offer: offer.offer.clone(), place, arrivals };
        let mut offers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        offers.insert((id, waiting.place.slot.clone()), waiting);
        offer
    }

    fn take(&self, id: ApplicationId, offer: &str) -> Option<Waiting> {
        let mut offers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = offers.iter().find(|((of, _), waiting)| *of == id && waiting.offer == offer);
        let key = slot.map(|(key, _)| key.clone())?;
        offers.remove(&key)
    }
}

impl Desk {
    /// Answers an offer: all files bound into one, or as many of the first as there is room for.
    ///
    /// # Errors
    /// `offer_gone`; as [`Desk::attach_files`].
    pub async fn take_offer(
        &self,
        id: ApplicationId,
        offer: &str,
        bind: bool,
    ) -> Result<AttachOutcome, Explained> {
        let Waiting { place, mut arrivals, .. } =
            self.0.offers.take(id, offer).ok_or_else(refusals::offer_gone)?;
        if bind {
            return self.attach_bound(id, place, arrivals).await;
        }
        arrivals.truncate(usize::try_from(place.room).unwrap_or(usize::MAX));
        self.attach_singly(id, place, arrivals).await
    }

    async fn attach_bound(
        &self,
        id: ApplicationId,
        place: Place,
        arrivals: Vec<Arrival>,
    ) -> Result<AttachOutcome, Explained> {
        let name = joined(arrivals.iter().map(|arrival| arrival.name.as_str()));
        let task = self.begin_task(id, &place.slot, &name);
        let whole = name.clone();
        let made = self.work_on(&task, move |watching| {
            watching.reading();
            let fit = read_all(arrivals).and_then(|sources| {
                let fit = preparing::make(sources, &Edit::default(), watching);
                fit.map_err(|error| RefusedFile { name: whole, error })
            });
            Ok(fit.transpose())
        });
        let made = made.await?.transpose();
        let opened = self.opened().await?;
        let (mut refused, mut replaced) = (Vec::new(), None);
        match made {
            Ok(fit) => {
                let arrived = Arrived { name: name.clone(), task, fit: Ok(fit) };
                match self.take(&opened, id, &place.slot, place.replaces, arrived).await {
                    Ok(old) => replaced = old,
                    Err(error) => refused.push(RefusedFile { name, error }),
                }
            }
            Err(file) => refused.push(file),
        }
        let application = self.case(&opened, id).await?.view();
        Ok(AttachOutcome { application, refused, replaced, offer: None })
    }
}

/// Reads every file and looks into it, so that the one that is to blame can be named. Blocks.
fn read_all(arrivals: Vec<Arrival>) -> Result<Vec<Arc<[u8]>>, RefusedFile> {
    let limits = Limits::default();
    let mut sources = Vec::with_capacity(arrivals.len());
    for Arrival { name, source } in arrivals {
        let read = preparing::read(source).and_then(|source| {
            documents::page_count(&source, &limits).map_err(|refusal| refusals::explain(&refusal))?;
            Ok(source)
        });
        sources.push(read.map_err(|error| RefusedFile { name, error })?);
    }
    Ok(sources)
}
