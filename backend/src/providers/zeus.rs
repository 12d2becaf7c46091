//! Zeus carrier billing: from a result's parameters to the request of the merchant's CGI (docs/DOMAIN.md).
//!
//! The same parameters always make the same bytes; this file sends nothing.

use todoke_domain::{
    payment::Parameter,
    text::{NotInCharset, percent_encode},
};
use url::Url;

use crate::store::ip_codes::{Endpoint, EndpointMethod};

/// A request ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutgoingRequest {
    /// GET or POST.
    pub method: EndpointMethod,
    /// The whole address, query included, as it goes over the wire.
    pub url: Url,
    /// The form body of a POST; empty for GET.
    pub body: String,
}

/// Why a request cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unbuildable {
    /// The IP code has no endpoint.
    NoEndpoint,
    /// The address is not an `http` or `https` one.
    InvalidUrl,
    /// A character that the endpoint's charset lacks.
    NotInCharset(NotInCharset),
}

/// Builds the request: parameters in their order, percent-encoded bytes of the endpoint's charset, in the query
/// (GET) or as a form (POST).
pub(crate) fn build_request(
    endpoint: &Endpoint,
    parameters: &[Parameter],
) -> Result<OutgoingRequest, Unbuildable> {
    let text = endpoint.url.as_deref().ok_or(Unbuildable::NoEndpoint)?;
    let mut url = parse_endpoint_url(text).ok_or(Unbuildable::InvalidUrl)?;
    let form = encode_form(endpoint, parameters).map_err(Unbuildable::NotInCharset)?;
    let body = match endpoint.method {
        EndpointMethod::Post => form,
        EndpointMethod::Get => {
            let query = match url.query() {
                Some(own) if !own.is_empty() => format!("{own}&{form}"),
                _ => form,
            };
            url.set_query(Some(&query));
            String::new()
        }
    };
    Ok(OutgoingRequest { method: endpoint.method, url, body })
}

/// The address of an endpoint: `http` or `https`, with a host, without credentials; its fragment is dropped.
pub(crate) fn parse_endpoint_url(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    url.set_fragment(None);
    (is_web && url.has_host() && !has_credentials).then_some(url)
}

/// The form as percent-encoded bytes of the endpoint's charset.
pub(crate) fn encode_form(endpoint: &Endpoint, parameters: &[Parameter]) -> Result<String, NotInCharset> {
    let mut pairs = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        let name = percent_encode(&endpoint.charset.encode(&parameter.name)?);
        let value = percent_encode(&endpoint.charset.encode(&parameter.value)?);
        pairs.push(format!("{name}={value}"));
    }
    Ok(pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use todoke_domain::text::Charset;

    use super::*;

    fn endpoint(url: &str, method: EndpointMethod, charset: Charset) -> Endpoint {
        Endpoint { url: Some(url.to_owned()), method, charset, ..Endpoint::default() }
    }

    fn parameters() -> Vec<Parameter> {
        [("money", "11350"), ("item", "春の福袋"), ("name", "㈱髙島 & co")]
            .map(|(name, value)| Parameter { name: name.to_owned(), value: value.to_owned() })
            .to_vec()
    }

    #[test]
    fn a_get_carries_the_bytes_of_the_charset_in_its_query() {
        let endpoint = endpoint("http://shop.example/cgi?a=1#top", EndpointMethod::Get, Charset::Cp932);
        let request = build_request(&endpoint, &parameters()).unwrap();
        assert_eq!(
            request.url.as_str(),
            "http://shop.example/cgi?a=1&money=11350&item=%8Ft%82%CC%95%9F%91%DC&name=%87%8A%FB%FC%93%87%20%26%20co"
        );
        assert_eq!(request.body, "");
    }

    #[test]
    fn a_post_carries_them_in_its_body() {
        let endpoint = endpoint("https://shop.example/cgi", EndpointMethod::Post, Charset::Utf8);
        let request = build_request(&endpoint, &parameters()).unwrap();
        assert_eq!(request.url.as_str(), "https://shop.example/cgi");
        assert!(request.body.starts_with("money=11350&item=%E6%98%A5"));
    }

    #[test]
    fn what_cannot_be_built_says_why() {
        let text = |value: &str| vec![Parameter { name: "x".to_owned(), value: value.to_owned() }];
        let plain = endpoint("http://shop.example/", EndpointMethod::Get, Charset::Cp932);
        assert_eq!(build_request(&Endpoint::default(), &[]), Err(Unbuildable::NoEndpoint));
        assert_eq!(
            build_request(&plain, &text("🍣")),
            Err(Unbuildable::NotInCharset(NotInCharset { character: '🍣' }))
        );
        for url in ["ftp://x/", "shop", "http://user:pass@shop.example/", "file:///etc/passwd"] {
            let broken = endpoint(url, EndpointMethod::Get, Charset::Cp932);
            assert_eq!(build_request(&broken, &[]), Err(Unbuildable::InvalidUrl), "{url}");
        }
    }
}
