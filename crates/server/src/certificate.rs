//! The certificate that protects connections.

use std::{io, path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use zeroize::Zeroizing;

use crate::{
    config::{StartError, Tls},
    keys::DataDir,
};

/// Certificate chain and key.
pub(crate) type Pem = (String, Zeroizing<String>);

/// What protects connections; made on the first run where it is to be of one's own making.
pub(crate) fn certificate(tls: &Tls, data: &DataDir) -> Result<Option<Pem>, StartError> {
    let unusable = |error: io::Error| StartError::Certificate(error.to_string());
    match tls {
        Tls::Off => Ok(None),
        Tls::SelfSigned(names) => {
            let loopback = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
            let names: Vec<_> = loopback.into_iter().chain(names.iter().cloned()).collect();
            data.self_signed(&names).map(Some).map_err(unusable)
        }
        Tls::Files { certificate, key } => {
            let read = |path: &Path| std::fs::read_to_string(path).map_err(unusable);
            Ok(Some((read(certificate)?, Zeroizing::new(read(key)?))))
        }
    }
}

/// The same as the server wants it.
pub(crate) fn rustls_config((certificate, key): &Pem) -> Result<Arc<ServerConfig>, StartError> {
    let unusable = |error: &dyn std::fmt::Display| StartError::Certificate(error.to_string());
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(&error))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| unusable(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| unusable(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
