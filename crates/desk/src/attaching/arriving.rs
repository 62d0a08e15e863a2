//! Files that arrive: by dialog, dropped or pasted, one or several, next to or in place of what stands there.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use documents::{Edit, Limits, Refusal};
use futures::{StreamExt, stream};
use protocol::ApplicationId;
use store::DocumentKey;
use tokio::task::JoinError;

use super::{
    AttachOutcome, RefusedFile, Replaced,
    binding::LONGEST_NAME,
    preparing::{self, Fit, Source},
    refusals::{self, slot_full, unreadable_paste},
    standing::{Place, find_by, new_document, place_for_arrivals, room_of, standing_in},
    tasks::Task,
    undoing::Undo,
    warning::{Verdict, judge},
};
use crate::{Desk, DeskEvent, Explained, editing::slot_may_change, opening::Opened};

/// A file on its way into a slot.
pub(super) struct Arrival {
    pub(super) name: String,
    pub(super) source: Source,
}

impl Desk {
    /// Attaches files from the disk. Each is read only after its size was looked at.
    ///
    /// `index` names the document to replace; `None` takes the next free places, and in a slot for one document that
    /// is taken the place of that one.
    ///
    /// # Errors
    /// Where nothing can be attached at all (`already_handed_in`, `not_opened`, `slot_unknown`, …); what is
    /// wrong with single files stands in the outcome.
    pub async fn attach_files(
        &self,
        id: ApplicationId,
        slot: &str,
        index: Option<u32>,
        paths: Vec<PathBuf>,
    ) -> Result<AttachOutcome, Explained> {
        let place = self.place(id, slot, index).await?;
        self.attach_files_at(id, place, paths).await
    }

    /// Attaches files at a place that was settled before the person looked for them.
    ///
    /// # Errors
    /// As [`Desk::attach_files`].
    pub async fn attach_files_at(
        &self,
        id: ApplicationId,
        place: Place,
        paths: Vec<PathBuf>,
    ) -> Result<AttachOutcome, Explained> {
        let arrivals = paths
            .into_iter()
            .map(|path| Arrival { name: name_of(&path), source: Source::Path(path) })
            .collect();
        self.attach(id, place, arrivals).await
    }

    /// Attaches a pasted picture.
    ///
    /// # Errors
    /// As [`Desk::attach_files`].
    pub async fn attach_bytes(
        &self,
        id: ApplicationId,
        slot: &str,
        index: Option<u32>,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<AttachOutcome, Explained> {
        let place = self.place(id, slot, index).await?;
        // A name from outside is only ever shown.
        let name = name_of(Path::new(name));
        self.attach(id, place, vec![Arrival { name, source: Source::Bytes(bytes) }]).await
    }

    /// Attaches a pasted picture, as the page has it.
    ///
    /// # Errors
    /// As [`Desk::attach_files`]; `paste_unreadable`.
    pub async fn attach_base64(
        &self,
        id: ApplicationId,
        slot: &str,
        index: Option<u32>,
        name: String,
        base64: String,
    ) -> Result<AttachOutcome, Explained> {
        let limits = Limits::default();
        let bytes = u64::try_from(base64.len()).unwrap_or(u64::MAX) / 4 * 3;
        let arrival = if bytes > limits.max_input_bytes + 3 {
            Err(refusals::explain(&Refusal::TooLarge { bytes, max: limits.max_input_bytes }))
        } else {
            STANDARD.decode(base64).map_err(|_| unreadable_paste())
        };
        match arrival {
            Ok(bytes) => self.attach_bytes(id, slot, index, &name, bytes).await,
            Err(error) => {
                let name = name_of(Path::new(&name));
                let application = self.view(id).await?;
                Ok(AttachOutcome {
                    application,
                    refused: vec![RefusedFile { name, error }],
                    replaced: None,
                    offer: None,
                })
            }
        }
    }

    /// Stops a task, which ends at once; nothing of it is kept. One that is being saved goes on, and one that has ended is
    /// no error.
    pub fn cancel_attaching(&self, task: &str) {
        self.0.tasks.cancel(task);
    }

    async fn place(&self, id: ApplicationId, slot: &str, index: Option<u32>) -> Result<Place, Explained> {
        let opened = self.opened().await?;
        place_for_arrivals(&self.case(&opened, id).await?, slot, index)
    }

    /// More than there is room for waits for an answer: it may be the pages of one paper.
    async fn attach(
        &self,
        id: ApplicationId,
        place: Place,
        arrivals: Vec<Arrival>,
    ) -> Result<AttachOutcome, Explained> {
        let room = usize::try_from(place.room).unwrap_or(usize::MAX);
        if room == 0 || arrivals.len() <= room {
            return self.attach_singly(id, place, arrivals).await;
        }
        let application = self.view(id).await?;
        let offer = self.0.offers.make(id, place, arrivals);
        Ok(AttachOutcome { application, refused: Vec::new(), replaced: None, offer: Some(offer) })
    }

    pub(super) async fn attach_singly(
        &self,
        id: ApplicationId,
        place: Place,
        mut arrivals: Vec<Arrival>,
    ) -> Result<AttachOutcome, Explained> {
        let opened = self.opened().await?;
        let Place { slot, max, room, mut replaces } = place;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let mut refused: Vec<RefusedFile> = Vec::new();
        for without_room in arrivals.split_off(room.min(arrivals.len())) {
            refused.push(RefusedFile { name: without_room.name, error: slot_full(max) });
        }
        let mut replaced = None;
        // Each is worked on by a task of its own: one that waits for a worker must go on while another is saved.
        let mut ready = stream::iter(arrivals.into_iter().map(|arrival| {
            let (desk, slot, name) = (self.clone(), slot.clone(), arrival.name.clone());
            let working = tokio::spawn(async move { desk.make_fit(id, &slot, arrival).await });
            async move { (name, working.await) }
        }))
        .buffered(8);
        while let Some((name, arrived)) = ready.next().await {
            // The first replaces, where one is named; the others go behind the last.
            let replaces = replaces.take();
            let taken = match arrived {
                Ok(arrived) => self.take(&opened, id, &slot, replaces, arrived).await,
                Err(ended) => Err(ended_by_itself(&ended)),
            };
            match taken {
                Ok(old) => replaced = replaced.or(old),
                Err(error) => {
                    tracing::info!(application = %id, slot, code = %error, "a file was not taken");
                    refused.push(RefusedFile { name, error });
                }
            }
        }
        Ok(AttachOutcome {
            application: self.case(&opened, id).await?.view(),
            refused,
            replaced,
            offer: None,
        })
    }

    pub(super) async fn take(
        &self,
        opened: &Opened,
        id: ApplicationId,
        slot: &str,
        replaces: Option<DocumentKey>,
        arrived: Arrived,
    ) -> Result<Option<Replaced>, Explained> {
        match arrived.fit? {
            Some(fit) if arrived.task.saving() => {
                self.put(opened, id, slot, replaces, &arrived.name, fit).await
            }
            // Cancelled: the person knows.
            _ => Ok(None),
        }
    }

    async fn make_fit(&self, id: ApplicationId, slot: &str, arrival: Arrival) -> Arrived {
        let task = self.begin_task(id, slot, &arrival.name);
        let fit = self.work_on(&task, move |watching| {
            watching.reading();
            let source = preparing::read(arrival.source)?;
            preparing::make(vec![source], &Edit::default(), watching)
        });
        let fit = fit.await;
        Arrived { name: arrival.name, task, fit }
    }

    /// Looks again before it writes: meanwhile the slot may have been filled, the application handed in, or the
    /// document to be replaced taken out or moved. Says which one was replaced, if any.
    async fn put(
        &self,
        opened: &Opened,
        id: ApplicationId,
        slot: &str,
        replaces: Option<DocumentKey>,
        name: &str,
        fit: Fit,
    ) -> Result<Option<Replaced>, Explained> {
        let _editing = opened.editing.lock().await;
        let case = self.case(opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        let max = room_of(&case, slot)?;
        let standing = standing_in(&case, slot);
        let doubtful = !fit.prepared.findings.is_empty();
        let mut new = new_document(id, slot, name, &Edit::default(), fit);
        let verdict = judge(opened, id, slot, doubtful, replaces.is_some() || standing == 0).await?;
        (new.warns, new.accepted) = (verdict == Verdict::Warn, verdict == Verdict::Accept);
        let now = self.0.clock.now();
        let old = replaces.and_then(|key| find_by(&case, slot, key).ok());
        let replaced = if let Some(old) = old {
            let (token, key) = opened.store.replace_document(old.key, &new, now).await?;
            let undo = Undo::Replaced { slot: slot.to_owned(), token, by: key.to_string() };
            Some(Replaced { undo: undo.written(), name: old.source_name.clone() })
        } else if standing >= max {
            return Err(slot_full(max));
        } else {
            opened.store.put_document(&new, now).await?;
            None
        };
        // Whoever asked may be gone; another page of the same application has to show it.
        let status = case.row.status;
        self.0.events.send(DeskEvent::ApplicationChanged { application_id: id, status, previous: status });
        Ok(replaced)
    }

    /// Works off the async threads, two at a time.
    pub(super) async fn on_the_pool<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Explained> + Send + 'static,
    ) -> Result<T, Explained> {
        // The semaphore is never closed.
        let permit = self.0.tasks.workers().acquire_owned().await.ok();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.unwrap_or_else(|ended| Err(ended_by_itself(&ended)))
    }
}

fn ended_by_itself(ended: &JoinError) -> Explained {
    tracing::error!(%ended, "preparing ended by itself");
    refusals::explain(&Refusal::Damaged)
}

pub(super) struct Arrived {
    pub(super) name: String,
    pub(super) task: Task,
    pub(super) fit: Result<Option<Fit>, Explained>,
}

/// Without the folder, which says more than anyone needs to know.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().chars().take(LONGEST_NAME).collect()
}
