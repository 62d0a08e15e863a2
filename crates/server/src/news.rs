//! Who waits for news of an account, and how they hear: at once of what this copy of the office did, within a second
//! of what another one did.
//!
//! Copies tell each other through the database alone. Each asks once a second, in one query by primary key, where the
//! accounts stand whose desks wait *here*. `LISTEN`/`NOTIFY` would be faster by less than that second and costs more:
//! every `NOTIFY` takes a lock that the whole database shares until its commit, listening needs a connection that no
//! pooler may take away, and engines other than PostgreSQL lack it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::AccountId;
use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{lately::Lately, store::Store};

/// How often the others' work is looked for while somebody waits.
const LOOK: Duration = Duration::from_secs(1);
/// Accounts that are asked about in one query.
const TOGETHER: usize = 1000;

/// Spreads news: who waits for an account hears of that account alone. Cheap to clone.
#[derive(Clone)]
pub(crate) struct News {
    desks: Arc<Mutex<HashMap<AccountId, Desks>>>,
    /// How far feeds are; `None` where other copies move them, too. Thousands of desks ask again and again, and as a
    /// rule there is nothing new.
    stand: Option<Lately<AccountId, u64>>,
}

/// Those who wait for one account here; only accounts for which somebody waits have any.
struct Desks {
    waiting: u32,
    /// How far its feed was when one of them looked last; `None` where none has looked yet.
    stands: Option<u64>,
    heard: watch::Sender<()>,
}

impl News {
    /// `alone`: every change is made by this copy of the office.
    pub(crate) fn new(alone: bool) -> Self {
        Self { desks: Arc::default(), stand: alone.then(Lately::default) }
    }

    /// Wakes those who wait for an account.
    pub(crate) fn tell(&self, account: AccountId) {
        let all = self.desks();
        if let Some(stand) = &self.stand {
            stand.forget(&account);
        }
        if let Some(desks) = all.get(&account) {
            desks.heard.send_replace(());
        }
    }

    /// Hears of an account from now on: who looks afterwards misses nothing between looking and waiting.
    pub(crate) fn wait_for(&self, account: AccountId) -> Waiting {
        let mut all = self.desks();
        let desks = all.entry(account).or_insert_with(|| Desks {
            waiting: 0,
            stands: None,
            heard: watch::Sender::new(()),
        });
        desks.waiting += 1;
        Waiting { heard: desks.heard.subscribe(), news: self.clone(), account }
    }

    /// How far the feeds were for which somebody waits here.
    fn stood(&self) -> Vec<(AccountId, u64)> {
        let all = self.desks();
        all.iter().filter_map(|(account, desks)| Some((*account, desks.stands?))).collect()
    }

    fn desks(&self) -> MutexGuard<'_, HashMap<AccountId, Desks>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody waits for an account, as long as this lives.
pub(crate) struct Waiting {
    heard: watch::Receiver<()>,
    news: News,
    account: AccountId,
}

impl Waiting {
    /// Whether the feed is known to stand here, so that there is nothing to read.
    pub(crate) fn stands(&self, at: u64) -> bool {
        self.news.stand.as_ref().is_some_and(|stand| stand.get(&self.account) == Some(at))
    }

    /// The feed was read and stands here; from now on the others' work is looked for, too. Others who wait and saw less
    /// are told.
    pub(crate) fn looked(&mut self, at: u64) {
        let mut all = self.news.desks();
        // What was told since this one began to look may not have been there to be seen.
        if let Some(stand) = &self.news.stand
            && !self.heard.has_changed().unwrap_or(true)
        {
            stand.put(self.account, at);
        }
        let Some(desks) = all.get_mut(&self.account) else { return };
        if desks.stands.is_some_and(|stood| stood < at) {
            desks.heard.send_replace(());
        }
        desks.stands = desks.stands.max(Some(at));
    }

    /// Ends with the next news, be it from before the call.
    pub(crate) async fn news(&mut self) {
        // The sender lives as long as somebody waits.
        let _ = self.heard.changed().await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut all = self.news.desks();
        if let Some(desks) = all.get_mut(&self.account) {
            desks.waiting -= 1;
            if desks.waiting == 0 {
                all.remove(&self.account);
            }
        }
    }
}

/// Looks for what other copies did, until the office stops. Ends at once where there are none.
pub(crate) async fn follow_others(news: News, store: Arc<dyn Store>, stopping: CancellationToken) {
    while store.shared() {
        tokio::select! {
            () = sleep(LOOK) => {}
            () = stopping.cancelled() => return,
        }
        for stood in news.stood().chunks(TOGETHER) {
            match store.feeds_changed_since(stood.to_vec()).await {
                Ok(moved) => moved.into_iter().for_each(|account| news.tell(account)),
                // They are told when their wait is over.
                Err(error) => tracing::warn!(%error, "other copies' news could not be read"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn told(waiting: &mut Waiting) -> bool {
        waiting.news().now_or_never().is_some()
    }

    #[test]
    fn who_waits_hears_of_their_own_account_alone_also_of_what_came_before_they_waited() {
        let (news, account) = (News::new(true), AccountId::new());
        let (mut first, mut second) = (news.wait_for(account), news.wait_for(account));
        let mut other = news.wait_for(AccountId::new());
        assert!(!told(&mut first));
        news.tell(account);
        assert!(told(&mut first) && told(&mut second) && !told(&mut other));
        assert!(!told(&mut first), "once");
        news.tell(AccountId::new());
        drop((first, second, other));
        assert!(news.desks().is_empty(), "nobody is remembered");
    }

    #[test]
    fn where_a_feed_stands_is_known_as_long_as_somebody_waits() {
        let (news, account) = (News::new(false), AccountId::new());
        let mut first = news.wait_for(account);
        assert!(news.stood().is_empty(), "nobody has looked");
        first.looked(5);
        assert_eq!(news.stood(), [(account, 5)]);
        let mut second = news.wait_for(account);
        second.looked(5);
        assert!(!told(&mut first));
        second.looked(6);
        assert!(told(&mut first), "another copy's work, which the second one saw first");
        first.looked(5);
        assert_eq!(news.stood(), [(account, 6)], "a look that was slow takes nothing back");
        drop(first);
        assert_eq!(news.stood(), [(account, 6)]);
        drop(second);
        assert!(news.stood().is_empty());
    }

    #[test]
    fn where_nobody_else_writes_it_is_remembered_where_a_feed_stands() {
        let (news, account) = (News::new(true), AccountId::new());
        let mut first = news.wait_for(account);
        assert!(!first.stands(0), "nobody has looked");
        first.looked(0);
        drop(first);
        let mut second = news.wait_for(account);
        assert!(second.stands(0) && !second.stands(1));
        // It looks, and before it has seen anything something changes.
        news.tell(account);
        second.looked(0);
        assert!(!second.stands(0));
        assert!(told(&mut second));
        second.looked(1);
        assert!(second.stands(1));
        let mut shared = News::new(false).wait_for(account);
        shared.looked(1);
        assert!(!shared.stands(1), "another copy may have written since");
    }
}
