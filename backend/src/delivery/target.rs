//! Which addresses a delivery may reach: public ones, and the networks that the settings permit.
//!
//! The check is made on the resolved address, and that very address is connected to, so that a name cannot point
//! elsewhere in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;
use todoke_domain::delivery::Cause;
use url::{Host, Url};

/// Resolves the host of an address and picks one that may be reached.
pub(crate) async fn resolve(url: &Url, permitted: &[IpNet]) -> Result<SocketAddr, Cause> {
    let port = url.port_or_known_default().ok_or(Cause::InvalidRequest)?;
    let found: Vec<SocketAddr> = match url.host() {
        None => return Err(Cause::InvalidRequest),
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        Some(Host::Domain(name)) => {
            tokio::net::lookup_host((name, port)).await.map_err(|_| Cause::NameNotResolved)?.collect()
        }
    };
    if found.is_empty() {
        return Err(Cause::NameNotResolved);
    }
    let reachable = found.into_iter().find(|address| is_permitted(address.ip(), permitted));
    reachable.ok_or(Cause::BlockedTarget)
}

/// Whether an address is public, or in a permitted network.
pub(crate) fn is_permitted(address: IpAddr, permitted: &[IpNet]) -> bool {
    permitted.iter().any(|network| network.contains(&address))
        || match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        }
}

/// IANA's special-purpose registry for IPv4: everything that is not globally reachable is refused.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = matches!(
        (first, second, third),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

/// Only global unicast (2000::/3), without the ranges that lead elsewhere: 6to4 and Teredo carry an IPv4 address,
/// NAT64 and mapped addresses lie outside 2000::/3 and are refused with it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global_unicast = (first & 0xE000) == 0x2000;
    let is_special = matches!(
        (first, second),
        (0x2001, 0x0000..=0x01FF | 0x0DB8) | (0x2002, _) | (0x3FFF, 0x0000..=0x0FFF)
    );
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permitted(address: &str, networks: &[&str]) -> bool {
        let networks: Vec<IpNet> = networks.iter().map(|network| network.parse().unwrap()).collect();
        is_permitted(address.parse().unwrap(), &networks)
    }

    #[test]
    fn public_addresses_are_permitted() {
        for address in [
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "2606:4700::1",
            "2400:cb00::1",
        ] {
            assert!(permitted(address, &[]), "{address}");
        }
    }

    #[test]
    fn every_special_range_is_refused() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "127.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "fec0::1",
            "100::1",
            "3fff::1",
        ] {
            assert!(!permitted(address, &[]), "{address}");
        }
    }

    #[test]
    fn a_permitted_network_is_permitted_and_no_more() {
        assert!(permitted("127.0.0.1", &["127.0.0.0/8"]));
        assert!(!permitted("10.0.0.1", &["127.0.0.0/8"]));
        assert!(!permitted("::ffff:127.0.0.1", &["127.0.0.0/8"]));
    }

    #[tokio::test]
    async fn literal_addresses_are_held_against_the_rule_too() {
        for (url, expected) in [
            ("http://127.0.0.1:9/", Err(Cause::BlockedTarget)),
            ("http://[::1]/", Err(Cause::BlockedTarget)),
            ("http://0x7f000001/", Err(Cause::BlockedTarget)),
            ("http://2130706433/", Err(Cause::BlockedTarget)),
            ("http://8.8.8.8/", Ok("8.8.8.8:80".parse().unwrap())),
        ] {
            assert_eq!(resolve(&Url::parse(url).unwrap(), &[]).await, expected, "{url}");
        }
    }
}
