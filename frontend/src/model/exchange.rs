//! One request as it was sent: its bytes, its parameters in words, the command that repeats it, and its times.
//! The browser decodes texts; this file only says which bytes are one.

/// A request as the server recorded it. Its body is percent-encoded and so plain ASCII.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A request and what came back, whichever query told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) sent: Sent,
    pub(crate) timings: Timings,
    pub(crate) http_status: Option<i64>,
    pub(crate) answer_headers: Vec<(String, String)>,
    pub(crate) answer_body: String,
}

impl Sent {
    /// The bytes on the wire, as text: request line, headers, empty line, body.
    pub(crate) fn raw(&self) -> String {
        let mut text = [&self.method, " ", target(&self.url), " HTTP/1.1\r\n"].concat();
        for (name, value) in &self.headers {
            text.push_str(&[name, ": ", value, "\r\n"].concat());
        }
        text.push_str("\r\n");
        text.push_str(&self.body);
        text
    }

    /// Whether it carries parameters; a notice to a cart is JSON.
    pub(crate) fn is_form(&self) -> bool {
        let is_type = |name: &str| name.eq_ignore_ascii_case("content-type");
        let kind = self.headers.iter().find(|(name, _)| is_type(name));
        kind.is_none_or(|(_, value)| !value.starts_with("application/json"))
    }

    /// The encoded parameters: the query of a GET, the body of a POST.
    pub(crate) fn form(&self) -> &str {
        if self.method == "POST" { &self.body } else { query(&self.url) }
    }

    /// A command that sends the same request, for a POSIX shell. curl computes the length of the body itself and must
    /// not read brackets in the URL as a pattern.
    pub(crate) fn curl(&self) -> String {
        let mut parts = vec!["curl --globoff".to_owned()];
        if self.method != "GET" && self.method != "POST" {
            parts.push(["--request ", &quoted(&self.method)].concat());
        }
        for (name, value) in &self.headers {
            if name.eq_ignore_ascii_case("content-length") {
                continue;
            }
            // A header without a value ends with a semicolon: with a colon, curl would leave it out.
            let header = if value.is_empty() { [name, ";"].concat() } else { [name, ": ", value].concat() };
            parts.push(["--header ", &quoted(&header)].concat());
        }
        if self.method == "POST" {
            parts.push(["--data-raw ", &quoted(&self.body)].concat());
        }
        parts.push(["--url ", &quoted(&self.url)].concat());
        parts.join(" \\\n  ")
    }
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    ["'", &text.replace('\'', r"'\''"), "'"].concat()
}

/// Path and query: what stands in the request line.
fn target(url: &str) -> &str {
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    behind_scheme.find(['/', '?']).and_then(|start| behind_scheme.get(start..)).unwrap_or("/")
}

fn query(url: &str) -> &str {
    let without_fragment = url.split_once('#').map_or(url, |(before, _)| before);
    without_fragment.split_once('?').map_or("", |(_, query)| query)
}

/// The charsets that an endpoint may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    Cp932,
    EucJp,
}

const CHARSETS: [Charset; 3] = [Charset::Utf8, Charset::Cp932, Charset::EucJp];

/// The parameters of an encoded form, as text. The attempt does not tell its charset: it is the one in which most
/// values are those that are known to have been sent. `decode` gives nothing for bytes that are no text in a charset.
pub(crate) fn decoded(
    form: &str,
    known: &[String],
    decode: impl Fn(Charset, &[u8]) -> Option<String>,
) -> Vec<(String, String)> {
    let pairs: Vec<(&str, &str)> = form
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    let in_charset = |charset: Charset| {
        let text = |encoded: &str| decode(charset, &bytes_of(encoded)).unwrap_or_else(|| encoded.to_owned());
        pairs.iter().map(|(name, value)| (text(name), text(value))).collect::<Vec<_>>()
    };
    let mut best = (0, Vec::new());
    for charset in CHARSETS {
        let told = in_charset(charset);
        let score = 1 + told.iter().filter(|(_, value)| known.contains(value)).count();
        if score > best.0 {
            best = (score, told);
        }
    }
    best.1
}

/// Percent-decoding of a form: `+` is a space, a broken escape stands for itself.
fn bytes_of(encoded: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escape = tail.split_at_checked(2).filter(|_| *first == b'%');
        let value = escape.and_then(|(digits, _)| {
            let digits = std::str::from_utf8(digits)
                .ok()
                .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
            u8::from_str_radix(digits, 16).ok()
        });
        match (value, escape) {
            (Some(value), Some((_, after))) => {
                bytes.push(value);
                rest = after;
            }
            _ => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    bytes
}

/// The steps of an attempt, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Dns,
    Connect,
    Tls,
    FirstByte,
    /// What came after the first byte, or the wait for one that never came.
    Rest,
}

/// How long each step took, in milliseconds; nothing for one that was not reached or not needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timings {
    pub(crate) dns_ms: Option<i64>,
    pub(crate) connect_ms: Option<i64>,
    pub(crate) tls_ms: Option<i64>,
    pub(crate) first_byte_ms: Option<i64>,
    pub(crate) total_ms: i64,
}

/// A step on the bar, in thousandths of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) step: Step,
    pub(crate) ms: i64,
    pub(crate) start: i64,
    pub(crate) width: i64,
}

/// So wide is a step at least: one of no time can still be seen.
const WIDTH_MIN: i64 = 6;
const WHOLE: i64 = 1_000;

impl Timings {
    pub(crate) fn spans(&self) -> Vec<Span> {
        let measured = [
            (Step::Dns, self.dns_ms),
            (Step::Connect, self.connect_ms),
            (Step::Tls, self.tls_ms),
            (Step::FirstByte, self.first_byte_ms),
        ];
        let mut steps: Vec<(Step, i64)> =
            measured.into_iter().filter_map(|(step, ms)| Some((step, ms?.max(0)))).collect();
        let sum: i64 = steps.iter().map(|(_, ms)| ms).sum();
        let rest = self.total_ms.saturating_sub(sum);
        if rest > 0 {
            steps.push((Step::Rest, rest));
        }
        let whole = sum.max(self.total_ms).max(1);
        let mut start = 0;
        let mut spans = Vec::new();
        for (step, ms) in steps {
            let width = (ms.saturating_mul(WHOLE) / whole).max(WIDTH_MIN).min(WHOLE.saturating_sub(start));
            spans.push(Span { step, ms, start, width });
            start = start.saturating_add(width);
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Sent {
        Sent {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_get_becomes_a_command_with_its_headers() {
        let headers = [("host", "shop.example.jp"), ("user-agent", "Todoke/0.1"), ("x-empty", "")];
        let request = sent("GET", "https://shop.example.jp/cgi?item=%8Ft&x[0]=1", &headers, "");
        let expected = "curl --globoff \\\n  --header 'host: shop.example.jp' \\\n  --header 'user-agent: Todoke/0.1' \
            \\\n  --header 'x-empty;' \\\n  --url 'https://shop.example.jp/cgi?item=%8Ft&x[0]=1'";
        assert_eq!(request.curl(), expected);
    }

    #[test]
    fn a_post_bears_its_bytes_and_leaves_the_length_to_curl() {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("Content-Length", "9")];
        let command = sent("POST", "http://127.0.0.1:9/cgi", &headers, "@a=%82&b=+").curl();
        assert!(command.contains("--data-raw '@a=%82&b=+'"), "{command}");
        assert!(command.contains("--header 'content-type: application/x-www-form-urlencoded'"), "{command}");
        assert!(!command.to_ascii_lowercase().contains("content-length"), "{command}");
        assert!(sent("POST", "http://a/", &[], "").curl().contains("--data-raw ''"));
    }

    /// Goal: whatever stands in a request, the shell reads it back as it is. Method: a real shell prints its words.
    #[test]
    fn a_shell_reads_every_word_back_as_it_was() {
        let nasty =
            ["it's", "$(id) `id` ${HOME}", "a\\b\"c", "line\nbreak", "!history *?[x] ~", "春'夏''秋", ""];
        for text in nasty {
            let script = ["printf '%s' ", &quoted(text)].concat();
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_wire() {
        let request =
            sent("POST", "http://shop.example.jp:8080/cgi?x=1", &[("host", "shop.example.jp:8080")], "a=1");
        assert_eq!(request.raw(), "POST /cgi?x=1 HTTP/1.1\r\nhost: shop.example.jp:8080\r\n\r\na=1");
        assert!(sent("GET", "http://shop.example.jp", &[], "").raw().starts_with("GET / HTTP/1.1\r\n"));
    }

    #[test]
    fn parameters_are_read_in_the_charset_that_fits_what_was_sent() {
        // 0x8F 0x74 is 春 in CP932; the double plays a browser that knows two characters.
        let decode = |charset: Charset, bytes: &[u8]| match (charset, bytes) {
            (Charset::Cp932, [0x8f, 0x74]) => Some("春".to_owned()),
            (Charset::EucJp, [0x8f, 0x74]) => Some("誤".to_owned()),
            (_, bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let known = ["春".to_owned()];
        let told = decoded("item=%8ft&note=a+b%2B&empty=&flag", &known, decode);
        assert_eq!(told, [pair("item", "春"), pair("note", "a b+"), pair("empty", ""), pair("flag", "")]);
        // What no charset explains stands as it was sent.
        assert_eq!(decoded("item=%FF%zz%", &[], decode), [pair("item", "%FF%zz%")]);
        assert_eq!(decoded("", &[], decode), []);
    }

    #[test]
    fn the_form_is_the_query_or_the_body() {
        assert_eq!(sent("GET", "http://a/b?x=1#f", &[], "").form(), "x=1");
        assert_eq!(sent("POST", "http://a/b?x=1", &[], "y=2").form(), "y=2");
    }

    #[test]
    fn a_bar_shows_each_step_that_was_reached_within_the_whole() {
        let timings =
            Timings { connect_ms: Some(10), first_byte_ms: Some(60), total_ms: 100, ..Timings::default() };
        let spans = timings.spans();
        let told: Vec<(Step, i64, i64)> =
            spans.iter().map(|span| (span.step, span.start, span.width)).collect();
        assert_eq!(told, [(Step::Connect, 0, 100), (Step::FirstByte, 100, 600), (Step::Rest, 700, 300)]);
        let end = spans.last().map(|span| span.start + span.width);
        assert_eq!(end, Some(WHOLE));
        assert_eq!(Timings { total_ms: 20_000, ..Timings::default() }.spans().len(), 1);
        let instant = Timings { dns_ms: Some(0), connect_ms: Some(0), total_ms: 0, ..Timings::default() };
        assert!(instant.spans().iter().all(|span| span.width >= WIDTH_MIN));
    }
}
