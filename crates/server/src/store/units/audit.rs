//! The audit log: append-only rows, each hashed together with the hash of the row before, so that a changed or
//! missing row breaks the chain. Details name places, never content.
//!
//! A chain has one end, and whoever appends holds it until the commit. Where many write at a time there are therefore
//! several chains, and a subject always goes to the same one.

use jiff::Timestamp;
use protocol::ContentHash;

use super::columns::{count, json};
use crate::store::{
    AuditFault, StoreError,
    tx::{Lock, Tx, values},
};

type Row = (i64, i64, String, String, String, String, String, String);

/// What the first row of a chain continues: zeros in the first chain; its name in the others, so that no row fits
/// into two of them.
fn beginning(chain: i64) -> String {
    if chain == 0 { "0".repeat(64) } else { ContentHash::of(format!("chain {chain}").as_bytes()).to_string() }
}

fn chain_of(subject: &str, chains: i64) -> i64 {
    if chains <= 1 {
        return 0;
    }
    let digest = ContentHash::of(subject.as_bytes()).to_string();
    let drawn = i64::from_str_radix(&digest[..8], 16).unwrap_or(0);
    drawn % chains
}

/// Appends a row to its chain, in the caller's transaction. Comes last in it: the end of the chain is held from here
/// to the commit.
pub(in crate::store) async fn append(
    tx: &mut Tx<'_>,
    at: Timestamp,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StoreError> {
    let chain = chain_of(subject, tx.audit_chains());
    tx.lock(Lock::AuditChain(chain)).await?;
    let last: Option<(i64, String)> = tx
        .optional("SELECT seq, hash FROM audit WHERE chain = $1 ORDER BY seq DESC LIMIT 1", values![chain])
        .await?;
    let (last, previous) = last.unwrap_or_else(|| (0, beginning(chain)));
    let seq = last + 1;
    let hash = chained(seq, at.as_millisecond(), [actor, action, subject, detail, &previous])?;
    tx.execute(
        "INSERT INTO audit (chain, seq, at, actor, action, subject, detail, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![chain, seq, at, actor, action, subject, detail, previous, hash],
    )
    .await?;
    Ok(())
}

/// The hash of the last row of the first chain; what its first one continues where there is none.
pub(in crate::store) async fn head(tx: &mut Tx<'_>) -> Result<String, StoreError> {
    let last: Option<(String,)> =
        tx.optional("SELECT hash FROM audit WHERE chain = 0 ORDER BY seq DESC LIMIT 1", values![]).await?;
    Ok(last.map_or_else(|| beginning(0), |(hash,)| hash))
}

/// Walks all chains in pages; the number of rows, or the first that does not fit.
pub(in crate::store) async fn verify(tx: &mut Tx<'_>) -> Result<Result<u64, AuditFault>, StoreError> {
    let mut checked: u64 = 0;
    for chain in 0..tx.audit_chains() {
        match verify_chain(tx, chain).await? {
            Ok(rows) => checked += rows,
            Err(fault) => return Ok(Err(fault)),
        }
    }
    let beyond: Option<(i64, i64)> = tx
        .optional(
            "SELECT chain, seq FROM audit WHERE chain < 0 OR chain >= $1 ORDER BY chain, seq LIMIT 1",
            values![tx.audit_chains()],
        )
        .await?;
    Ok(match beyond {
        Some((chain, seq)) => Err(AuditFault { chain, seq }),
        None => Ok(checked),
    })
}

async fn verify_chain(tx: &mut Tx<'_>, chain: i64) -> Result<Result<u64, AuditFault>, StoreError> {
    let mut expected = beginning(chain);
    let mut last: i64 = 0;
    loop {
        let rows: Vec<Row> = tx
            .all(
                "SELECT seq, at, actor, action, subject, detail, previous, hash FROM audit \
                 WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT 1000",
                values![chain, last],
            )
            .await?;
        if rows.is_empty() {
            return Ok(Ok(count(last)?));
        }
        for (seq, at, actor, action, subject, detail, previous, hash) in rows {
            let fits = seq == last + 1
                && previous == expected
                && hash == chained(seq, at, [&actor, &action, &subject, &detail, &previous])?;
            if !fits {
                return Ok(Err(AuditFault { chain, seq }));
            }
            expected = hash;
            last = seq;
        }
    }
}

/// SHA-256 over the JSON array of the row, which is unambiguous about where a text ends.
fn chained(seq: i64, at: i64, texts: [&str; 5]) -> Result<String, StoreError> {
    Ok(ContentHash::of(json(&(seq, at, texts))?.as_bytes()).to_string())
}
