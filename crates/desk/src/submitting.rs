//! 提交申请: what is there is frozen and handed to the outbox, once.

use protocol::{ApplicationId, Manifest, ManifestDocument, Status};
use serde_json::json;
use store::{DocumentRow, StoreError};
use uuid::Uuid;

use crate::{
    ApplicationView, Desk, DeskEvent, Explained, again,
    case::Case,
    consenting::consents_to_submit,
    editing::only_open_items_differ,
    explained::{already_handed_in, documents_on_their_way},
    opening::Opened,
};

impl Desk {
    /// Hands in: one transaction freezes the revision and owes it to the office. Sending starts by itself.
    /// `declared`: the person stands by the declaration, which every revision needs anew.
    ///
    /// # Errors
    /// `documents_on_their_way`, `already_handed_in`, `not_ready`, `consent_missing`, `declaration_missing`, `changed_outside_supplement`,
    /// `applied_already`, the store's.
    pub async fn submit(&self, id: ApplicationId, declared: bool) -> Result<ApplicationView, Explained> {
        self.submit_beside(id, declared, &[]).await
    }

    /// The same where the person knows of other applications for the same person, service and year, and wants this one
    /// handed in beside them: a second claim for other bills is no mistake.
    ///
    /// # Errors
    /// As [`Desk::submit`]; `applied_already` where there is another one that `beside` does not name.
    pub async fn submit_beside(
        &self,
        id: ApplicationId,
        declared: bool,
        beside: &[ApplicationId],
    ) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        // What is frozen would lack them, and nobody would be told.
        match self.0.tasks.of(id) {
            0 => {}
            count => return Err(documents_on_their_way(count)),
        }
        let case = self.case(&opened, id).await?;
        let previous = case.row.status;
        let manifest = self.manifest(&opened, &case, declared).await?;
        again::asked_about(&self.earlier(&opened.store, &case).await?, beside)?;
        opened.store.hand_in(id, &manifest, Uuid::new_v4(), self.0.clock.now()).await?;
        tracing::info!(application = %id, revision = manifest.revision, "handed in");
        opened.sending.nudge();
        let status = Status::AwaitingUpload;
        self.0.events.send(DeskEvent::ApplicationChanged { application_id: id, status, previous });
        Ok(self.case(&opened, id).await?.view())
    }

    /// 撤回 before anything left: what was handed in is a draft again, or a supplement that is asked for, and can be
    /// changed, thrown away or handed in anew. What may have left is the office's; it is asked by telephone.
    ///
    /// # Errors
    /// `leaving_already`, the store's.
    pub async fn take_back(&self, id: ApplicationId) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let change = opened.store.take_back(id).await.map_err(|error| match error {
            StoreError::NotAllowed { .. } => leaving_already(),
            error => error.into(),
        })?;
        tracing::info!(application = %id, "taken back before it left");
        opened.sending.nudge();
        // Pages read it again; nobody is told what they have just done.
        let (status, previous) = (change.status, change.status);
        self.0.events.send(DeskEvent::ApplicationChanged { application_id: id, status, previous });
        Ok(self.case(&opened, id).await?.view())
    }

    /// The way out of quarantine without changing anything: the same revision goes again, under the same key.
    ///
    /// # Errors
    /// `not_found` where it is not in quarantine, the store's.
    pub async fn send_again(&self, id: ApplicationId) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        opened.store.send_again(id).await?;
        opened.sending.nudge();
        Ok(self.case(&opened, id).await?.view())
    }

    async fn manifest(&self, opened: &Opened, case: &Case, declared: bool) -> Result<Manifest, Explained> {
        let row = &case.row;
        if !matches!(row.status, Status::Draft | Status::SupplementNeeded | Status::Quarantined)
            || row.discarded
        {
            return Err(already_handed_in());
        }
        if !case.evaluation.ready {
            return Err(not_ready(case));
        }
        let now = self.0.clock.now();
        let consents = consents_to_submit(case, declared, now)?;
        let manifest = Manifest {
            application: row.id,
            // What stands in quarantine never arrived: the same revision again.
            revision: if row.status == Status::Quarantined { case.owed } else { row.revision + 1 },
            parent: opened.store.parent_of_next(row.id).await?,
            service: row.service.clone(),
            service_version: row.service_version,
            answers: case.definition.answers_to_submit(&row.answers, &case.evaluation),
            documents: documents_to_submit(case),
            consents,
            prepared_at: now,
        };
        if let Some(supplement) = case.supplement() {
            only_open_items_differ(&supplement, &manifest)?;
        }
        Ok(manifest)
    }
}

/// Only what is asked for now: a document of an alternative that is no longer chosen stays on this desk.
fn documents_to_submit(case: &Case) -> Vec<ManifestDocument> {
    let asked: Vec<&str> = case
        .evaluation
        .materials
        .iter()
        .filter(|material| material.relevant)
        .flat_map(|material| &material.slots)
        .map(|slot| slot.id.as_str())
        .collect();
    let listed = |document: &&DocumentRow| asked.contains(&document.slot.as_str());
    case.documents
        .iter()
        .filter(listed)
        .map(|document| ManifestDocument {
            slot: document.slot.clone(),
            index: document.index,
            sha256: document.sha256,
            size_bytes: document.size_bytes,
            kind: document.kind,
        })
        .collect()
}

fn not_ready(case: &Case) -> Explained {
    let count = case.evaluation.blocking.len();
    Explained::new(
        "not_ready",
        format!("还有 {count} 项没有填好，没有提交。您填的都还在。"),
        format!(
            "{count} items are not complete yet, so nothing was handed in. What you filled in is still here."
        ),
    )
    .hint(
        "请按上面列出的项目，一项一项补好，再点“提交申请”。",
        "Please complete the items listed, one by one, then press Submit.",
    )
    .details(json!({ "blocking": case.evaluation.blocking }))
}

fn leaving_already() -> Explained {
    Explained::new(
        "leaving_already",
        "这个办件正在送往受理机构，或者已经送到，不能在这里撤回了。",
        "This application is on its way to the office or there already, so it cannot be taken back here.",
    )
    .hint(
        "还没有连上受理机构的，稍等再试一次。已经送到的，请拨打 12393，报编号说明。",
        "If the office has not been reached, try again in a moment. If it has arrived, call 12393 and quote the number.",
    )
}
