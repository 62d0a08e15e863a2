//! Where the office is, and which addresses are refused: personal data crosses no network in the clear.

use std::net::IpAddr;

use url::{Host, Url};

use crate::Explained;

/// Where the office is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// `https://…`, or `http://` to this very computer. A path in front of `/v1` is kept. Empty where nobody has set one
    /// up: then everything can be filled in, and nothing is sent.
    pub url: String,
    /// Only certificates under these authorities are trusted then, instead of the system's (PEM).
    pub ca_pem: Option<String>,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nobody has said where the office is.
    #[error("no office is set up")]
    Missing,
    /// Not an address at all, or one with a password, a query or another scheme.
    #[error("the address of the office cannot be read")]
    Unreadable,
    /// `http://` to another computer.
    #[error("the address of the office is not encrypted")]
    NotEncrypted,
    /// The given certificate is none.
    #[error("the given certificate of the office cannot be read")]
    Certificate,
}

impl AddressError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "server_address_missing",
            Self::Unreadable => "server_address_unreadable",
            Self::NotEncrypted => "server_address_not_encrypted",
            Self::Certificate => "server_ca_unreadable",
        }
    }
}

impl From<AddressError> for Explained {
    fn from(error: AddressError) -> Self {
        let explained = match error {
            AddressError::Missing => Self::new(
                error.code(),
                "这台电脑还没有设置受理机构，提交的申请会先存在这里，不会发送。您可以照样填写。",
                "No office is set up on this computer, so what you submit stays here and is not sent. You can go on filling in.",
            ),
            AddressError::Unreadable => Self::new(
                error.code(),
                "设置里的受理服务器地址写得不对，现在没法提交。您填的都已保存。",
                "The office's address in the settings is not written correctly, so nothing can be sent. What you filled in is saved.",
            ),
            AddressError::NotEncrypted => Self::new(
                error.code(),
                "受理服务器的地址没有加密（http），为了保护您的信息没有发送。您填的都已保存。",
                "The office's address is not encrypted (http), so nothing was sent, to protect your data. What you filled in is saved.",
            ),
            AddressError::Certificate => Self::new(
                error.code(),
                "指定的受理服务器证书文件读不出来，现在没法提交。您填的都已保存。",
                "The certificate file given for the office cannot be read, so nothing can be sent. What you filled in is saved.",
            ),
        };
        explained.hint(
            "请让安装这台电脑的工作人员改好设置，再重新打开程序。",
            "Please ask whoever set up this computer to correct the settings, then open the program again.",
        )
    }
}

impl ServerAddress {
    /// The address with a path that ends in a slash, so that `v1/…` joins below it.
    pub(super) fn base(&self) -> Result<Url, AddressError> {
        if self.url.trim().is_empty() {
            return Err(AddressError::Missing);
        }
        let mut url = Url::parse(self.url.trim()).map_err(|_| AddressError::Unreadable)?;
        let odd = url.password().is_some() || !url.username().is_empty() || url.query().is_some();
        if odd || url.fragment().is_some() {
            return Err(AddressError::Unreadable);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(AddressError::NotEncrypted),
            _ => return Err(AddressError::Unreadable),
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(url)
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str) -> Result<String, AddressError> {
        ServerAddress { url: url.into(), ca_pem: None }.base().map(Into::into)
    }

    #[test]
    fn plain_http_goes_to_this_computer_only() {
        assert_eq!(base("http://127.0.0.1:8787").as_deref(), Ok("http://127.0.0.1:8787/"));
        assert_eq!(base("http://[::1]:8787").as_deref(), Ok("http://[::1]:8787/"));
        assert_eq!(base("http://localhost:8787/intake").as_deref(), Ok("http://localhost:8787/intake/"));
        for far in ["http://office.example", "http://127.0.0.1.example", "http://10.0.0.1:8787"] {
            assert_eq!(base(far), Err(AddressError::NotEncrypted), "{far}");
        }
    }

    #[test]
    fn https_goes_anywhere_and_nothing_else_does() {
        assert_eq!(base("https://office.example").as_deref(), Ok("https://office.example/"));
        for odd in ["office.example", "ftp://office.example", "https://a:b@office.example", "https://x/?y"] {
            assert_eq!(base(odd), Err(AddressError::Unreadable), "{odd}");
        }
    }

    #[test]
    fn where_no_office_is_set_up_that_is_said() {
        assert_eq!(base(" "), Err(AddressError::Missing));
        assert!(Explained::from(AddressError::Missing).message.zh.contains("还没有设置受理机构"));
    }
}
