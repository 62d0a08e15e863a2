//! Who asks: the machine at the other end, or the one that a trusted proxy names.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};
use ipnet::IpNet;

use super::problem::Failure;
use crate::office::Office;

/// The address that a request is counted under, an extension of every request. IPv6: the subscriber's /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Whose word about addresses counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies {
    /// There is one in front at all.
    pub(crate) in_front: bool,
    /// Where they are; empty: whoever connects is one.
    pub(crate) trusted: Vec<IpNet>,
}

impl Proxies {
    /// A proxy appends the peer that it saw itself to `X-Forwarded-For`, so the entries are believed from the end,
    /// as far as trusted proxies wrote them.
    fn caller(&self, connected: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.speaks_for_others(connected) {
            return connected;
        }
        let entries: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .collect();
        let mut caller = connected;
        for entry in entries.iter().rev() {
            // What cannot be read was not written by a proxy of ours.
            let Ok(told) = entry.trim().parse::<IpAddr>() else { break };
            // Nobody is asked from its own machine by way of a proxy, and who is here is counted less.
            if told.to_canonical().is_loopback() {
                break;
            }
            caller = told;
            if self.trusted.is_empty() || !self.trusts(told) {
                break;
            }
        }
        caller
    }

    /// Through it come many; what they do together is not one caller's doing.
    pub(super) fn speaks_for_others(&self, connected: IpAddr) -> bool {
        self.in_front && self.trusts(connected)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.is_empty() || self.trusted.iter().any(|net| net.contains(&address))
    }
}

/// Finds out who asks, before anything is counted.
pub(crate) async fn tell(State(office): State<Office>, mut request: Request, next: Next) -> Response {
    let Some(ConnectInfo(connected)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return Failure::internal("a request without a peer").into_response();
    };
    let caller = office.proxies.caller(connected.ip(), request.headers());
    request.extensions_mut().insert(Peer(neighbourhood(caller)));
    next.run(request).await
}

/// An IPv6 subscriber has a whole /64.
pub(super) fn neighbourhood(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        // The machine itself, which has no neighbours.
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> IpAddr {
        address.parse().expect("an address")
    }

    fn forwarded(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().expect("a value"));
        }
        headers
    }

    fn behind(trusted: &[&str]) -> Proxies {
        let trusted = trusted.iter().map(|net| net.parse().expect("a network")).collect();
        Proxies { in_front: true, trusted }
    }

    #[test]
    fn without_a_proxy_nothing_is_believed() {
        let headers = forwarded(&["198.51.100.9"]);
        assert_eq!(Proxies::default().caller(at("192.0.2.1"), &headers), at("192.0.2.1"));
    }

    #[test]
    fn only_what_the_proxy_itself_appended_is_believed() {
        let headers = forwarded(&["198.51.100.9", "198.51.100.7, 192.0.2.1"]);
        assert_eq!(behind(&[]).caller(at("10.0.0.1"), &headers), at("192.0.2.1"));
        assert_eq!(behind(&[]).caller(at("10.0.0.1"), &HeaderMap::new()), at("10.0.0.1"));
    }

    #[test]
    fn a_chain_of_trusted_proxies_is_followed_and_who_comes_around_them_is_seen() {
        let proxies = behind(&["10.0.0.0/8", "2001:db8:ffff::/48"]);
        let headers = forwarded(&["203.0.113.5, 198.51.100.9", "10.1.1.1, 2001:db8:ffff::7"]);
        assert_eq!(
            proxies.caller(at("10.0.0.1"), &headers),
            at("198.51.100.9"),
            "the entry before is forged"
        );
        assert_eq!(proxies.caller(at("::ffff:10.0.0.1"), &headers), at("198.51.100.9"));
        assert_eq!(proxies.caller(at("192.0.2.1"), &headers), at("192.0.2.1"), "not a proxy of ours");
        let garbled = forwarded(&["198.51.100.9, unknown, 10.1.1.1"]);
        assert_eq!(proxies.caller(at("10.0.0.1"), &garbled), at("10.1.1.1"));
    }

    #[test]
    fn nobody_becomes_this_machine_by_saying_so() {
        let proxies = behind(&["10.0.0.0/8"]);
        for told in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            let headers = forwarded(&[told, "10.1.1.1"]);
            assert_eq!(proxies.caller(at("10.0.0.1"), &headers), at("10.1.1.1"), "{told}");
        }
    }

    #[test]
    fn one_subscriber_is_one_peer() {
        assert_eq!(neighbourhood(at("2001:db8::1")), neighbourhood(at("2001:db8::ffff")));
        assert_ne!(neighbourhood(at("2001:db8::1")), neighbourhood(at("2001:db8:0:1::1")));
        assert_eq!(neighbourhood(at("::ffff:192.0.2.1")), at("192.0.2.1"));
    }
}
