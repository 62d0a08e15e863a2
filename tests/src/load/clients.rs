//! So many clients at a time, each with the next piece of work as soon as it has done one.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::task::JoinSet;

/// Does all the work with `clients` at a time; how long it took, and what came of each piece.
pub(super) async fn work<W, T, F>(
    clients: usize,
    pieces: Vec<W>,
    piece: impl Fn(usize, W) -> F + Clone + Send + 'static,
) -> Result<(Duration, Vec<T>)>
where
    W: Send + 'static,
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send,
{
    let pieces = Arc::new(Mutex::new(pieces));
    let mut at_work = JoinSet::new();
    let begun = Instant::now();
    for client in 0..clients {
        let (pieces, piece) = (Arc::clone(&pieces), piece.clone());
        at_work.spawn(async move {
            let mut done = Vec::new();
            loop {
                let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(next) = next else { return anyhow::Ok(done) };
                done.push(piece(client, next).await?);
            }
        });
    }
    let mut done = Vec::new();
    while let Some(ended) = at_work.join_next().await {
        done.extend(ended??);
    }
    Ok((begun.elapsed(), done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everything_is_done_once_and_a_failure_is_told() {
        let (_, mut done) =
            work(3, (0..10).collect(), |_, piece: u32| async move { Ok(piece * 2) }).await.unwrap();
        done.sort_unstable();
        assert_eq!(done, (0..10).map(|piece| piece * 2).collect::<Vec<_>>());
        let failed = work(3, vec![1], |_, _: u32| async move { anyhow::bail!("no") as Result<()> }).await;
        assert!(failed.is_err());
    }
}
