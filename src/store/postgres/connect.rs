//! The way to the server: a connection, encrypted unless it stays on this machine.
//!
//! Not for: the address (`address`), or what is there (`schema`).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Tls;
use super::{Address, Failure};

/// How long a connection may take, unless the address says so.
const CONNECT: Duration = Duration::from_secs(5);
/// A server that nothing is heard from is asked whether it is there after this time.
const SILENT: Duration = Duration::from_secs(10);

/// A connection, driven by the runtime that this runs in.
pub(super) async fn connect(address: &Address) -> Result<Client, Failure> {
    let mut config = address.config.clone();
    config.keepalives_idle(SILENT).keepalives_interval(SILENT).keepalives_retries(2).tcp_user_timeout(SILENT);
    let limit = config.get_connect_timeout().copied().unwrap_or(CONNECT);
    config.connect_timeout(limit);
    if config.get_application_name().is_none() {
        config.application_name("marketsnap");
    }
    let connected = async {
        match &address.tls {
            Tls::Off => with(&config, NoTls).await,
            Tls::On(root) => with(&config, MakeRustlsConnect::new(tls(root.as_deref())?)).await,
        }
    };
    tokio::time::timeout(limit, connected).await.map_err(|_| Failure::Late(limit))?
}

async fn with<T>(config: &Config, tls: T) -> Result<Client, Failure>
where
    T: MakeTlsConnect<Socket> + Send + 'static,
    T::Stream: Send,
{
    let (client, connection) = config.connect(tls).await?;
    // Its end shows in what is asked of the client.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

/// How the server's certificate is judged: by the authorities of a file, else by the system's, or, where
/// there are none, by those that Mozilla trusts.
fn tls(root: Option<&Path>) -> Result<ClientConfig, Failure> {
    let builder = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| Failure::Roots(e.to_string()))
    };
    if let Some(path) = root {
        let roots = own_roots(path).map_err(|e| Failure::Roots(format!("{}: {e}", path.display())))?;
        return Ok(builder()?.with_root_certificates(roots).with_no_client_auth());
    }
    match builder()?.with_platform_verifier() {
        Ok(platform) => Ok(platform.with_no_client_auth()),
        Err(_) => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
            Ok(builder()?.with_root_certificates(roots).with_no_client_auth())
        }
    }
}

fn own_roots(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| e.to_string())? {
        roots.add(certificate.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    }
    if roots.is_empty() { Err("it holds no certificate".to_owned()) } else { Ok(roots) }
}
