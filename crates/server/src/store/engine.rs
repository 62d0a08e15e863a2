//! How units of work are run. What they do is in [`units`](super::units), once for all databases; an engine opens
//! the transaction around them and says what became of it.

use std::future::Future;

use async_trait::async_trait;
use forms::WorkingDay;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use jiff::{Timestamp, civil::Date};
use protocol::{AccountId, ApplicationId, ContentHash, Decision};

use super::{
    Asked, AuditFault, CaseRecord, Completed, DecisionOutcome, Declared, EditionRecord, FeedRead, HeldBlob,
    LoginAttempt, Look, NewRevision, Opened, QueueAsked, QueueRead, Sign, Standing, Store, StoreError,
    tx::Tx,
    units::{accounts, audit, cases, completing, editions, intake, logins, queue, review, standing},
};

/// Supplements that are ended at the same time.
const ENDED_TOGETHER: usize = 16;

/// A unit of work over what it was given. It may run several times, where another transaction stood in its way; only
/// the last time counts.
pub(super) type Work<A, T> = for<'c, 't> fn(&'c A, &'c mut Tx<'t>) -> BoxFuture<'c, Result<T, StoreError>>;

/// A database.
pub(super) trait Engine: Send + Sync {
    /// Runs a unit of work whose answer comes when its changes are durable. `Err` takes them back.
    fn write<A, T>(&self, given: A, work: Work<A, T>) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        A: Send + Sync + 'static,
        T: Send + 'static;

    /// Runs several reads on one consistent view.
    fn read<A, T>(&self, given: A, work: Work<A, T>) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        A: Send + Sync + 'static,
        T: Send + 'static;

    /// Ends all connections.
    fn end(&self) -> impl Future<Output = ()> + Send;

    /// Whether other programs may write here, too.
    fn shared(&self) -> bool;

    /// Which of these accounts stand elsewhere now than they stood.
    fn feeds_changed_since(
        &self,
        stood: Vec<(AccountId, u64)>,
    ) -> impl Future<Output = Result<Vec<AccountId>, StoreError>> + Send;
}

#[async_trait]
impl<E: Engine> Store for E {
    async fn ping(&self) -> Result<(), StoreError> {
        self.read((), |(), tx| accounts::nothing(tx).boxed()).await?;
        // Begins, locks and commits as every writing does; there is nothing to keep.
        self.write((), |(), tx| accounts::could_write(tx).boxed()).await
    }

    async fn close(&self) {
        self.end().await;
    }

    fn shared(&self) -> bool {
        Engine::shared(self)
    }

    async fn feeds_changed_since(&self, stood: Vec<(AccountId, u64)>) -> Result<Vec<AccountId>, StoreError> {
        Engine::feeds_changed_since(self, stood).await
    }

    async fn agree_on_signer(&self, key: &str) -> Result<bool, StoreError> {
        self.write(key.to_owned(), |key, tx| accounts::agree_on_signer(tx, key).boxed()).await
    }

    async fn open_account(
        &self,
        id: AccountId,
        secret: ContentHash,
        at: Timestamp,
    ) -> Result<Opened, StoreError> {
        self.write((id, secret, at), |&(id, secret, at), tx| accounts::open(tx, id, secret, at).boxed()).await
    }

    async fn knows_account(&self, id: AccountId, secret: ContentHash) -> Result<bool, StoreError> {
        self.read((id, secret), |&(id, secret), tx| accounts::knows(tx, id, secret).boxed()).await
    }

    async fn standing(&self, asked: &Asked) -> Result<Standing, StoreError> {
        self.read(asked.clone(), |asked, tx| standing::standing(tx, asked).boxed()).await
    }

    async fn accept_manifest(&self, new: &NewRevision) -> Result<Standing, StoreError> {
        self.write(new.clone(), |new, tx| intake::accept(tx, new).boxed()).await
    }

    async fn blob_declared(
        &self,
        account: AccountId,
        hash: ContentHash,
    ) -> Result<Option<Declared>, StoreError> {
        self.read((account, hash), |&(account, hash), tx| intake::declared(tx, account, hash).boxed()).await
    }

    async fn note_reused_key(&self, asked: &Asked, at: Timestamp) -> Result<(), StoreError> {
        self.write((asked.clone(), at), |(asked, at), tx| intake::note_reused_key(tx, asked, *at).boxed())
            .await
    }

    async fn hold_blob(
        &self,
        account: AccountId,
        hash: ContentHash,
        held: HeldBlob,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write((account, hash, held, at), |&(account, hash, held, at), tx| {
            intake::hold(tx, account, hash, held, at).boxed()
        })
        .await
    }

    async fn complete_revision(
        &self,
        asked: &Asked,
        at: Timestamp,
        sign: Sign,
    ) -> Result<Completed, StoreError> {
        self.write((asked.clone(), at, sign), |(asked, at, sign), tx| {
            completing::complete(tx, asked, *at, sign).boxed()
        })
        .await
    }

    async fn feed_epoch(
        &self,
        new: &str,
        lost_since: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<String, StoreError> {
        self.write((new.to_owned(), lost_since, at), |(new, lost_since, at), tx| {
            cases::epoch(tx, new, *lost_since, *at).boxed()
        })
        .await
    }

    async fn page_feed(&self, account: AccountId, after: u64, limit: u32) -> Result<FeedRead, StoreError> {
        self.read((account, after, limit), |&(account, after, limit), tx| {
            cases::page_feed(tx, account, after, limit).boxed()
        })
        .await
    }

    async fn editions(&self) -> Result<Vec<EditionRecord>, StoreError> {
        self.read((), |(), tx| editions::all(tx).boxed()).await
    }

    async fn edition(&self, sha256: ContentHash) -> Result<Option<EditionRecord>, StoreError> {
        self.read(sha256, |sha256, tx| editions::one(tx, *sha256).boxed()).await
    }

    async fn served(&self) -> Result<Vec<ContentHash>, StoreError> {
        self.read((), |(), tx| editions::served(tx).boxed()).await
    }

    async fn serve_edition(
        &self,
        edition: &EditionRecord,
        compared: &[ContentHash],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let given = (edition.clone(), compared.to_vec(), at);
        self.write(given, |(edition, compared, at), tx| editions::serve(tx, edition, compared, *at).boxed())
            .await
    }

    async fn queue(&self, asked: &QueueAsked) -> Result<QueueRead, StoreError> {
        self.read(asked.clone(), |asked, tx| queue::page(tx, asked).boxed()).await
    }

    async fn case(&self, application: ApplicationId) -> Result<Option<CaseRecord>, StoreError> {
        self.read(application, |application, tx| cases::case(tx, *application).boxed()).await
    }

    async fn claim(
        &self,
        application: ApplicationId,
        reviewer: &str,
        take_over: bool,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError> {
        self.write(
            (application, reviewer.to_owned(), take_over, at),
            |(application, reviewer, take_over, at), tx| {
                review::claim(tx, *application, reviewer, *take_over, *at).boxed()
            },
        )
        .await
    }

    async fn release(
        &self,
        application: ApplicationId,
        reviewer: &str,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError> {
        self.write((application, reviewer.to_owned(), at), |(application, reviewer, at), tx| {
            review::release(tx, *application, reviewer, *at).boxed()
        })
        .await
    }

    async fn decide(
        &self,
        application: ApplicationId,
        reviewer: &str,
        decision: &Decision,
        supplement_by: Option<WorkingDay>,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError> {
        let given = (application, reviewer.to_owned(), decision.clone(), supplement_by, at);
        self.write(given, |(application, reviewer, decision, supplement_by, at), tx| {
            review::decide(tx, *application, reviewer, decision, *supplement_by, *at).boxed()
        })
        .await
    }

    async fn expire_supplements(&self, today: Date, at: Timestamp) -> Result<Vec<AccountId>, StoreError> {
        let due = self.read(today, |today, tx| review::overdue(tx, *today).boxed()).await?;
        // Each by itself: nothing is locked longer than one of them takes.
        let ended = stream::iter(due).map(|application| {
            self.write((application, today, at), |&(application, today, at), tx| {
                review::expire(tx, application, today, at).boxed()
            })
        });
        // One that cannot be ended keeps no other one, and no news, from anybody.
        let told = ended.buffer_unordered(ENDED_TOGETHER).filter_map(async |ended| {
            ended.unwrap_or_else(|error| {
                tracing::warn!(%error, "a supplement whose day has passed could not be ended");
                None
            })
        });
        Ok(told.collect().await)
    }

    async fn record_look(&self, reviewer: &str, look: &Look<'_>, at: Timestamp) -> Result<(), StoreError> {
        let given =
            (reviewer.to_owned(), look.action, look.application.to_string(), look.detail.to_owned(), at);
        self.write(given, |(reviewer, action, subject, detail, at), tx| {
            audit::append(tx, *at, reviewer, action, subject, detail).boxed()
        })
        .await
    }

    async fn has_reviewers(&self) -> Result<bool, StoreError> {
        self.read((), |(), tx| logins::any(tx).boxed()).await
    }

    async fn add_reviewer(
        &self,
        name: &str,
        password_hash: &str,
        replace: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let given = (name.to_owned(), password_hash.to_owned(), replace, at);
        self.write(given, |(name, password_hash, replace, at), tx| {
            logins::add(tx, name, password_hash, *replace, *at).boxed()
        })
        .await
    }

    async fn attempt_login(&self, name: &str, at: Timestamp) -> Result<LoginAttempt, StoreError> {
        self.write((name.to_owned(), at), |(name, at), tx| logins::attempt(tx, name, *at).boxed()).await
    }

    async fn open_session(&self, name: &str, token: ContentHash, at: Timestamp) -> Result<(), StoreError> {
        self.write((name.to_owned(), token, at), |(name, token, at), tx| {
            logins::open_session(tx, name, *token, *at).boxed()
        })
        .await
    }

    async fn session(&self, token: ContentHash, at: Timestamp) -> Result<Option<String>, StoreError> {
        let session =
            self.read((token, at), |&(token, at), tx| logins::session(tx, token, at).boxed()).await?;
        let Some((name, touch)) = session else { return Ok(None) };
        if touch {
            self.write((token, at), |&(token, at), tx| logins::touch_session(tx, token, at).boxed()).await?;
        }
        Ok(Some(name))
    }

    async fn end_session(&self, token: ContentHash, at: Timestamp) -> Result<(), StoreError> {
        self.write((token, at), |&(token, at), tx| logins::end_session(tx, token, at).boxed()).await
    }

    async fn verify_audit(&self) -> Result<Result<u64, AuditFault>, StoreError> {
        self.read((), |(), tx| audit::verify(tx).boxed()).await
    }
}
