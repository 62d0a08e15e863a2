//! A bucket of an S3 service, and whether it keeps what it says: some servers take the condition "only where nothing
//! lies there" and overwrite all the same. Such a one is refused before it is given anything.

use std::{sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    path::Path,
    prefix::PrefixStore,
};

use super::AttachmentError;

/// What the self-test writes, once and for ever: a bucket that nobody may delete from is a good one.
const PROBE: &str = "self-test/put-where-nothing-lies";
/// How long one request may take, tries included, before the desk is told to send again.
const PATIENCE: Duration = Duration::from_secs(20);

/// The bucket that `url` names (`s3://bucket/prefix`); address, region and keys as in the `AWS_…` variables.
///
/// # Errors
/// [`AttachmentError::Address`]; what the settings lack.
pub(super) fn bucket(
    url: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Arc<dyn ObjectStore>, AttachmentError> {
    let place = url.strip_prefix("s3://").ok_or(AttachmentError::Address)?;
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    if bucket.is_empty() {
        return Err(AttachmentError::Address);
    }
    // The client speaks TLS through whatever provider the process has; an installed one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::new();
    for (name, value) in variables {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>()
            && name.starts_with("AWS_")
        {
            builder = builder.with_config(key, value);
        }
    }
    let backoff = BackoffConfig { max_backoff: Duration::from_secs(3), ..BackoffConfig::default() };
    let retry = RetryConfig { backoff, max_retries: 4, retry_timeout: PATIENCE };
    let bucket = builder.with_bucket_name(bucket).with_retry(retry).build()?;
    Ok(match prefix.trim_matches('/') {
        "" => Arc::new(bucket),
        prefix => Arc::new(PrefixStore::new(bucket, prefix)),
    })
}

/// Puts twice in the same place what only the first put may write.
///
/// # Errors
/// [`AttachmentError::NoBucket`]; [`AttachmentError::Overwrites`] for a store that does not refuse the second; [`AttachmentError::Lost`] for one that
/// gives back something else.
pub(super) async fn refuses_the_second_put(store: &dyn ObjectStore) -> Result<(), AttachmentError> {
    let probe = Path::from(PROBE);
    let put = |text: &'static str| {
        let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        store.put_opts(&probe, PutPayload::from_static(text.as_bytes()), create)
    };
    match put("first").await {
        // Every start but the very first finds what that one wrote.
        Ok(_) | Err(Error::AlreadyExists { .. }) => {}
        // Nothing was asked for that could be missing, but the bucket.
        Err(Error::NotFound { .. } | Error::PermissionDenied { .. }) => {
            return Err(AttachmentError::NoBucket);
        }
        Err(error) => return Err(error.into()),
    }
    match put("second").await {
        Err(Error::AlreadyExists { .. }) => {}
        Ok(_) => return Err(AttachmentError::Overwrites),
        Err(error) => return Err(error.into()),
    }
    let kept = store.get(&probe).await?.bytes().await?;
    if kept.as_ref() == b"first" { Ok(()) } else { Err(AttachmentError::Lost) }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    use axum::{
        Router,
        body::Bytes,
        extract::State,
        http::{Method, StatusCode, Uri},
        response::{IntoResponse, Response},
    };
    use testkit::services::S3;

    use super::*;

    type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

    /// What some servers do: the condition is read by nobody.
    async fn overwrite(State(objects): State<Objects>, method: Method, uri: Uri, body: Bytes) -> Response {
        let mut objects = objects.lock().expect("whole");
        let etag = [("etag", "\"1\""), ("last-modified", "Mon, 23 Nov 2026 02:00:00 GMT")];
        match method {
            Method::PUT => {
                objects.insert(uri.path().to_owned(), body);
                (StatusCode::OK, etag).into_response()
            }
            _ => match objects.get(uri.path()) {
                Some(object) => (StatusCode::OK, etag, object.clone()).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            },
        }
    }

    fn variables(endpoint: &str) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "office"),
            ("AWS_SECRET_ACCESS_KEY", "office-in-a-test"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    #[tokio::test]
    async fn a_server_that_overwrites_is_refused() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
        let careless = Router::new().fallback(overwrite).with_state(Objects::default());
        let serving = tokio::spawn(async move { axum::serve(listener, careless).await });
        let store = bucket("s3://office", variables(&endpoint)).expect("an address");
        let refused = refuses_the_second_put(&*store).await;
        assert!(matches!(refused, Err(AttachmentError::Overwrites)), "{refused:?}");
        serving.abort();
    }

    #[tokio::test]
    async fn a_sound_server_passes_at_every_start_and_lets_one_of_many_win() {
        let Some(server) = S3::start() else { return };
        let variables = || server.environment().map(|(name, value)| (name.to_owned(), value));
        for prefix in ["", "/some/where"] {
            let url = format!("s3://{}{prefix}", S3::BUCKET);
            for _ in 0..3 {
                let store = bucket(&url, variables()).expect("an address");
                refuses_the_second_put(&*store).await.expect("is sound");
            }
        }
        let store = bucket(&format!("s3://{}", S3::BUCKET), variables()).expect("an address");
        let racing = (0..8).map(|racer: u8| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
                store.put_opts(&Path::from("race"), PutPayload::from(vec![racer]), create).await.is_ok()
            })
        });
        let mut winners = 0;
        for racer in racing.collect::<Vec<_>>() {
            winners += u32::from(racer.await.expect("ends"));
        }
        assert_eq!(winners, 1);
    }

    #[tokio::test]
    async fn a_bucket_that_is_not_there_is_not_a_lost_document() {
        let Some(server) = S3::start() else { return };
        let variables = server.environment().map(|(name, value)| (name.to_owned(), value));
        let store = bucket("s3://nobody-made-this", variables).expect("an address");
        let refused = refuses_the_second_put(&*store).await;
        assert!(matches!(refused, Err(AttachmentError::NoBucket)), "{refused:?}");
        // This one does not say that it is missing; others do.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
        let missing = Router::new().fallback(async || StatusCode::NOT_FOUND);
        let serving = tokio::spawn(async move { axum::serve(listener, missing).await });
        let store = bucket("s3://nobody-made-this", self::variables(&endpoint)).expect("an address");
        let refused = refuses_the_second_put(&*store).await;
        assert!(matches!(refused, Err(AttachmentError::NoBucket)), "{refused:?}");
        serving.abort();
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_not_a_lost_document() {
        let store = bucket("s3://office", variables("http://127.0.0.1:9")).expect("an address");
        let refused = refuses_the_second_put(&*store).await;
        assert!(matches!(refused, Err(AttachmentError::Away(_))), "{refused:?}");
    }

    #[test]
    fn an_address_names_a_bucket() {
        for url in ["office", "s3://", "s3:///office", "http://office"] {
            assert!(matches!(bucket(url, []), Err(AttachmentError::Address)), "{url}");
        }
    }
}
