//! The settings of an IP code as a person types them: texts, what is wrong with them, what they mean in words, and what
//! becomes of them when somebody else saves first.
use super::enums::{BodyRuleKind, EndpointCharset, EndpointMethod, RetryPolicyKind};
use crate::api::error::FieldFault;
use crate::i18n::Lang;
use todoke_domain::acknowledgement::BodyRule;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Everything the form holds. Figures are texts until they are sent: what is half typed stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) url: String,
    pub(crate) method: EndpointMethod,
    pub(crate) charset: EndpointCharset,
    /// Seconds, with up to three digits behind the point.
    pub(crate) timeout_s: String,
    pub(crate) rule: BodyRuleKind,
    pub(crate) rule_text: String,
    pub(crate) is_idempotent: bool,
    pub(crate) retry: RetryPolicyKind,
    /// `30秒, 5分, 1時間`
    pub(crate) delays: String,
    pub(crate) every_hours: String,
    pub(crate) pause_after: String,
    pub(crate) all_editable: bool,
    /// Names, one a line.
    pub(crate) editable: String,
    /// Addresses, one a line.
    pub(crate) alerts: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: String::new(),
            method: EndpointMethod::Get,
            charset: EndpointCharset::Cp932,
            timeout_s: "15".to_owned(),
            rule: BodyRuleKind::Any,
            rule_text: String::new(),
            is_idempotent: false,
            retry: RetryPolicyKind::None,
            delays: String::new(),
            every_hours: "1".to_owned(),
            pause_after: "0".to_owned(),
            all_editable: true,
            editable: String::new(),
            alerts: String::new(),
        }
    }
}

/// A named setting as text, for reading and for comparing.
pub(crate) type Fact = (&'static str, String);

impl Settings {
    /// What the page itself can say; the server says the rest beside the same fields.
    pub(crate) fn broken_rules(&self, l: Lang) -> Vec<FieldFault> {
        let mut faults = self.broken_endpoint_rules(l);
        let mut check = |is_sound: bool, field: &str, message: &str| {
            if !is_sound {
                faults.push(FieldFault { field: field.to_owned(), message: message.to_owned() });
            }
        };
        match self.retry {
            RetryPolicyKind::None | RetryPolicyKind::Unknown => {}
            RetryPolicyKind::Delays => {
                let delays = parse_delays(&self.delays);
                check(
                    delays.is_some_and(|delays| !delays.is_empty()),
                    "retryPolicy.delaysMs",
                    l.settings_delays_invalid(),
                );
            }
            RetryPolicyKind::UntilAccepted => {
                let hours = self.every_hours_count().is_some_and(|hours| (1..=24).contains(&hours));
                check(hours, "retryPolicy.everyHours", l.settings_hours_invalid());
            }
        }
        check(
            self.pause_after_count().is_some(),
            "retryPolicy.pauseAfterFailures",
            l.settings_number_invalid(),
        );
        check(
            self.all_editable || !items(&self.editable).is_empty(),
            "editableParameters",
            l.settings_editable_required(),
        );
        let addresses = items(&self.alerts);
        check(addresses.iter().all(|one| is_address(one)), "alertAddresses", l.settings_alerts_invalid());
        faults
    }

    /// The rules of the fields that a test sends.
    pub(crate) fn broken_endpoint_rules(&self, l: Lang) -> Vec<FieldFault> {
        let url = self.url.trim();
        let has_scheme = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
        let has_rule_text = self.rule == BodyRuleKind::Any || !self.rule_text.trim().is_empty();
        [
            (has_scheme, "endpoint.url", l.settings_url_invalid()),
            (self.timeout_ms().is_some(), "endpoint.timeoutMs", l.settings_timeout_invalid()),
            (has_rule_text, "endpoint.bodyRule.text", l.settings_rule_text_required()),
        ]
        .into_iter()
        .filter(|(is_sound, _, _)| !is_sound)
        .map(|(_, field, message)| FieldFault { field: field.to_owned(), message: message.to_owned() })
        .collect()
    }

    pub(crate) fn timeout_ms(&self) -> Option<i64> {
        parse_seconds(&self.timeout_s).filter(|ms| *ms > 0)
    }

    pub(crate) fn every_hours_count(&self) -> Option<i64> {
        digits(&self.every_hours)
    }

    pub(crate) fn pause_after_count(&self) -> Option<i64> {
        digits(&self.pause_after)
    }

    /// The acknowledgement rule as the server will ask it.
    pub(crate) fn body_rule(&self) -> BodyRule {
        let text = self.rule_text.clone();
        match self.rule {
            BodyRuleKind::Any | BodyRuleKind::Unknown => BodyRule::Any,
            BodyRuleKind::Equals => BodyRule::Equals(text),
            BodyRuleKind::StartsWith => BodyRule::StartsWith(text),
            BodyRuleKind::Contains => BodyRule::Contains(text),
        }
    }

    /// What happens after a failure, in one or two sentences.
    pub(crate) fn retry_in_words(&self, l: Lang) -> String {
        let what = match self.retry {
            RetryPolicyKind::None | RetryPolicyKind::Unknown => l.retry_none_words().to_owned(),
            RetryPolicyKind::Delays => match parse_delays(&self.delays) {
                Some(delays) if !delays.is_empty() => {
                    l.retry_delays_words(&delays.len().to_string(), &spans(l, &delays))
                }
                Some(_) | None => l.settings_delays_invalid().to_owned(),
            },
            RetryPolicyKind::UntilAccepted => l.retry_until_words(self.every_hours.trim()),
        };
        let maybe = match (self.retry, self.is_idempotent) {
            (RetryPolicyKind::None | RetryPolicyKind::Unknown, _) => "",
            (_, true) => l.retry_idempotent_words(),
            (_, false) => l.retry_careful_words(),
        };
        let pause = match self.pause_after_count() {
            Some(0) | None => String::new(),
            Some(count) => l.retry_pause_words(&count.to_string()),
        };
        [what.as_str(), maybe, pause.as_str()].concat()
    }

    /// Every setting as it is read, in the order of the form.
    pub(crate) fn facts(&self, l: Lang) -> Vec<Fact> {
        let rule = match self.rule {
            BodyRuleKind::Any | BodyRuleKind::Unknown => l.rule_any().to_owned(),
            BodyRuleKind::Equals => [l.rule_equals(), ": ", &self.rule_text].concat(),
            BodyRuleKind::StartsWith => [l.rule_starts_with(), ": ", &self.rule_text].concat(),
            BodyRuleKind::Contains => [l.rule_contains(), ": ", &self.rule_text].concat(),
        };
        let idempotent = if self.is_idempotent { l.idempotent_yes() } else { l.idempotent_no() };
        let editable =
            if self.all_editable { l.editable_all().to_owned() } else { items(&self.editable).join(", ") };
        vec![
            (l.endpoint_url(), self.url.trim().to_owned()),
            (l.endpoint_method(), method_text(self.method).to_owned()),
            (l.endpoint_charset(), charset_text(self.charset).to_owned()),
            (l.endpoint_timeout(), l.seconds(self.timeout_s.trim())),
            (l.endpoint_rule(), rule),
            (l.endpoint_idempotent(), idempotent.to_owned()),
            (l.retry_policy(), self.retry_in_words(l)),
            (l.editable_parameters(), editable),
            (l.alert_addresses(), items(&self.alerts).join(", ")),
        ]
    }

    /// Where two settings differ: name, here, there.
    pub(crate) fn differences(&self, l: Lang, other: &Self) -> Vec<(String, Option<String>, Option<String>)> {
        let told = |text: String| Some(text).filter(|text| !text.is_empty());
        self.facts(l)
            .into_iter()
            .zip(other.facts(l))
            .filter(|((_, here), (_, there))| here != there)
            .map(|((name, here), (_, there))| (name.to_owned(), told(here), told(there)))
            .collect()
    }
}

pub(crate) fn method_text(method: EndpointMethod) -> &'static str {
    match method {
        EndpointMethod::Get | EndpointMethod::Unknown => "GET",
        EndpointMethod::Post => "POST",
    }
}

pub(crate) fn charset_text(charset: EndpointCharset) -> &'static str {
    match charset {
        EndpointCharset::Cp932 | EndpointCharset::Unknown => "CP932 (Shift_JIS)",
        EndpointCharset::Utf8 => "UTF-8",
        EndpointCharset::EucJp => "EUC-JP",
    }
}

/// The items of a field that holds one a line, or parted by commas.
pub(crate) fn items(text: &str) -> Vec<String> {
    let parted = text.split(['\n', ',', '、']).map(str::trim);
    parted.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        && !text.contains(char::is_whitespace)
}

fn digits(text: &str) -> Option<i64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// `1.5` → 1,500 ms.
fn parse_seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.len() > 3 {
        return None;
    }
    let fraction_ms = [fraction, "00"].concat().get(..3).and_then(digits)?;
    digits(whole)?.checked_mul(SECOND_MS)?.checked_add(fraction_ms)
}

pub(crate) fn seconds_text(ms: i64) -> String {
    let (whole, rest) = (ms / SECOND_MS, ms % SECOND_MS);
    if rest == 0 {
        return whole.to_string();
    }
    let thousandths = [&"000"[..3_usize.saturating_sub(rest.to_string().len())], &rest.to_string()].concat();
    [&whole.to_string(), ".", thousandths.trim_end_matches('0')].concat()
}

/// `30秒, 5分, 1時間` or `30s 5m 1h`; nothing where one of them cannot be read.
pub(crate) fn parse_delays(text: &str) -> Option<Vec<i64>> {
    let separated = text.split([',', '、', '\n', ' ', '　']).filter(|part| !part.is_empty());
    separated.map(parse_delay).collect()
}

fn parse_delay(text: &str) -> Option<i64> {
    let split = text.find(|character: char| !character.is_ascii_digit())?;
    let (count, unit) = text.split_at_checked(split)?;
    let unit_ms = match unit {
        "秒" | "s" | "sec" => SECOND_MS,
        "分" | "m" | "min" => MINUTE_MS,
        "時間" | "h" | "hour" | "hours" => HOUR_MS,
        _ => return None,
    };
    digits(count).filter(|count| *count > 0)?.checked_mul(unit_ms)
}

/// Delays as they are typed and read.
pub(crate) fn spans(l: Lang, delays_ms: &[i64]) -> String {
    let texts: Vec<String> = delays_ms.iter().map(|ms| span(l, *ms)).collect();
    texts.join(", ")
}

fn span(l: Lang, ms: i64) -> String {
    let (count, unit) = if ms % HOUR_MS == 0 {
        (ms / HOUR_MS, l.unit_hours())
    } else if ms % MINUTE_MS == 0 {
        (ms / MINUTE_MS, l.unit_minutes())
    } else {
        (ms / SECOND_MS, l.unit_seconds())
    };
    [&count.to_string(), unit].concat()
}

/// Settings with the version by which the server knows whether somebody saved in between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) version: i64,
    pub(crate) settings: Settings,
}

/// The form: what it began with, what is typed, and what somebody else saved meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) base: Saved,
    pub(crate) typed: Settings,
    pub(crate) theirs: Option<Saved>,
}

impl Form {
    pub(crate) fn begin(saved: Saved) -> Self {
        Self { typed: saved.settings.clone(), base: saved, theirs: None }
    }

    pub(crate) fn is_changed(&self) -> bool {
        self.typed != self.base.settings
    }

    /// What the server holds now. What is typed is never lost to it.
    pub(crate) fn take(&mut self, saved: Saved) {
        if !self.is_changed() || saved.settings == self.typed {
            *self = Self::begin(saved);
        } else if saved.version != self.base.version {
            self.theirs = Some(saved);
        }
    }

    /// What is typed shall hold, over what somebody else saved.
    pub(crate) fn keep_typed(&mut self) {
        if let Some(theirs) = self.theirs.take() {
            self.base = theirs;
        }
    }

    pub(crate) fn take_theirs(&mut self) {
        if let Some(theirs) = self.theirs.take() {
            *self = Self::begin(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Settings {
        Settings { url: "https://shop.example.jp/cgi".to_owned(), ..Settings::default() }
    }

    fn broken(settings: &Settings) -> Vec<String> {
        settings.broken_rules(Lang::Ja).into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn delays_are_read_in_both_languages_and_written_in_the_largest_unit() {
        for (text, told) in [
            ("30秒, 5分、1時間", Some(vec![30_000, 300_000, 3_600_000])),
            ("30s 5m 1h", Some(vec![30_000, 300_000, 3_600_000])),
            ("", Some(vec![])),
            ("0秒", None),
            ("5", None),
            ("五分", None),
            ("5日", None),
            ("99999999999999999999秒", None),
        ] {
            assert_eq!(parse_delays(text), told, "{text}");
        }
        for l in [Lang::Ja, Lang::En] {
            let delays = vec![30_000, 300_000, 5_400_000, 7_200_000];
            assert_eq!(parse_delays(&spans(l, &delays).replace(", ", ",")), Some(delays));
        }
    }

    #[test]
    fn seconds_have_up_to_three_digits_behind_the_point() {
        for (text, ms) in [
            ("15", Some(15_000)),
            ("1.5", Some(1_500)),
            ("0.05", Some(50)),
            ("1.2345", None),
            ("", None),
            ("-1", None),
        ] {
            assert_eq!(parse_seconds(text), ms, "{text}");
        }
        for ms in [15_000, 1_500, 50, 1_005, 10] {
            assert_eq!(parse_seconds(&seconds_text(ms)), Some(ms));
        }
        assert!(
            broken(&Settings { timeout_s: "0".to_owned(), ..sound() })
                .contains(&"endpoint.timeoutMs".to_owned())
        );
    }

    #[test]
    fn every_rule_stands_beside_its_field() {
        assert_eq!(broken(&sound()), [""; 0]);
        let cases = [
            (Settings { url: "ftp://x".to_owned(), ..sound() }, "endpoint.url"),
            (Settings { rule: BodyRuleKind::Equals, ..sound() }, "endpoint.bodyRule.text"),
            (Settings { retry: RetryPolicyKind::Delays, ..sound() }, "retryPolicy.delaysMs"),
            (
                Settings { retry: RetryPolicyKind::UntilAccepted, every_hours: "25".to_owned(), ..sound() },
                "retryPolicy.everyHours",
            ),
            (Settings { pause_after: "x".to_owned(), ..sound() }, "retryPolicy.pauseAfterFailures"),
            (Settings { all_editable: false, ..sound() }, "editableParameters"),
            (Settings { alerts: "a@example.jp\nnobody".to_owned(), ..sound() }, "alertAddresses"),
        ];
        for (settings, field) in cases {
            assert_eq!(broken(&settings), [field], "{settings:?}");
        }
        // A field that the chosen policy does not use is not judged.
        assert_eq!(
            broken(&Settings { delays: "x".to_owned(), every_hours: "x".to_owned(), ..sound() }),
            [""; 0]
        );
    }

    #[test]
    fn a_policy_is_said_in_words() {
        let settings = Settings {
            retry: RetryPolicyKind::Delays,
            delays: "30秒 5分".to_owned(),
            pause_after: "20".to_owned(),
            ..sound()
        };
        let told = settings.retry_in_words(Lang::Ja);
        for part in ["30秒, 5分", "2回", "20", Lang::Ja.retry_careful_words()] {
            assert!(told.contains(part), "{told}");
        }
        let trusting = Settings { is_idempotent: true, ..settings };
        assert!(trusting.retry_in_words(Lang::Ja).contains(Lang::Ja.retry_idempotent_words()));
        assert_eq!(sound().retry_in_words(Lang::En), Lang::En.retry_none_words());
    }

    #[test]
    fn the_rule_that_is_tried_is_the_servers_own() {
        let settings = Settings {
            rule: BodyRuleKind::StartsWith,
            rule_text: "success".to_owned(),
            ..Settings::default()
        };
        assert!(settings.body_rule().is_met_by("successok"));
        assert!(!settings.body_rule().is_met_by("error"));
    }

    fn saved(version: i64, url: &str) -> Saved {
        Saved { version, settings: Settings { url: url.to_owned(), ..sound() } }
    }

    #[test]
    fn what_is_typed_survives_what_somebody_else_saves() {
        let mut form = Form::begin(saved(1, "https://a/"));
        form.take(saved(2, "https://b/"));
        assert_eq!((form.base.version, form.typed.url.as_str()), (2, "https://b/"));
        form.typed.alerts = "me@example.jp".to_owned();
        form.take(saved(3, "https://c/"));
        assert_eq!((form.base.version, form.typed.url.as_str()), (2, "https://b/"));
        let theirs = form.theirs.clone().unwrap().settings;
        assert_eq!(theirs.differences(Lang::Ja, &form.typed).len(), 2);
        let mut mine = form.clone();
        mine.keep_typed();
        assert_eq!((mine.base.version, mine.typed.alerts.as_str()), (3, "me@example.jp"));
        assert!(mine.is_changed() && mine.theirs.is_none());
        form.take_theirs();
        assert_eq!((form.typed.url.as_str(), form.is_changed()), ("https://c/", false));
    }

    #[test]
    fn what_was_saved_by_oneself_is_no_conflict() {
        let mut form = Form::begin(saved(1, "https://a/"));
        form.typed.url = "https://b/".to_owned();
        form.take(saved(2, "https://b/"));
        assert_eq!((form.base.version, form.theirs, form.typed.url.as_str()), (2, None, "https://b/"));
    }
}
