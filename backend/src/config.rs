//! Settings of the process: a TOML file, overridden by `TODOKE_…` variables, with a working default for everything
//! but secrets. A wrong value stops the start with the key, the value and what is allowed.

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use figment::{
    Figment,
    providers::{Env, Format, Toml},
    value::Value,
};
use ipnet::IpNet;
use todoke_domain::{
    endpoint_health::SPAN_MS_DEFAULT,
    order::{CHECKOUT_RETENTION_DAYS_DEFAULT, CHECKOUT_RETENTION_DAYS_MAX},
};
use url::Url;

/// What this process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Everything.
    #[default]
    All,
    /// HTTP only; a worker elsewhere delivers.
    Web,
    /// Deliveries, evaluations and mails only; HTTP serves health and figures.
    Worker,
}

/// What the process is told from outside.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// `sqlite:` or `postgres:` address.
    pub database_url: String,
    /// Secrets, the embedded database and mail files live here.
    pub data_dir: PathBuf,
    /// The key of the secrets that the database keeps; `None` makes one in the data directory.
    pub secret_key: Option<SecretKey>,
    /// `smtp://` or `smtps://`; `None` writes `.eml` files.
    pub smtp_url: Option<String>,
    /// The sender of mails.
    pub mail_from: String,
    /// The address under which people reach this server; used in mails and for cookies.
    pub public_url: Url,
    /// Networks that deliveries may reach besides public addresses.
    pub allow_private_endpoints: Vec<IpNet>,
    /// Wait before a notification is evaluated, in milliseconds: it often comes before the buyer's browser returns.
    pub grace_period_ms: i64,
    /// How many days a checkout counts and is kept.
    pub checkout_retention_days: i64,
    /// The base address at which the gateway is asked before a restore; `None` asks nobody.
    pub gateway_url: Option<Url>,
    /// How long alerts to one address are gathered after the first, in milliseconds.
    pub alert_window_ms: i64,
    /// Failures in a row must span so long before they pause an endpoint, in milliseconds.
    pub pause_span_ms: i64,
}

/// A key of 32 bytes, given in base64.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// The bytes.
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey(hidden)")
    }
}

impl FromStr for SecretKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = BASE64_STANDARD.decode(text.trim()).map_err(|_| ())?;
        bytes.try_into().map(Self).map_err(|_| ())
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A wrong value.
    #[error("setting {key}: {value:?} is not allowed; allowed is {allowed}")]
    Invalid {
        /// The variable's name.
        key: &'static str,
        /// What was given.
        value: String,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// A key that does not exist, so probably a slip of the pen.
    #[error("setting {key} does not exist; known are {known}")]
    Unknown {
        /// The key.
        key: String,
        /// All known keys.
        known: String,
    },
    /// The file cannot be read.
    #[error("the settings file cannot be read: {0}")]
    File(String),
}

/// Every key of the file and, with the prefix `TODOKE_` in capitals, of the environment.
const KEYS: &[&str] = &[
    "listen",
    "database_url",
    "data_dir",
    "secret_key",
    "smtp_url",
    "mail_from",
    "public_url",
    "allow_private_endpoints",
    "grace_period_ms",
    "checkout_retention_days",
    "gateway_url",
    "alert_window_ms",
    "pause_span_ms",
];

/// Variables of the same prefix that are not settings of the server.
const FOREIGN_VARIABLES: [&str; 4] = ["log_format", "log", "bin", "test_"];

impl Config {
    /// Reads the file (if one is named) and the environment.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError::File(format!("{} does not exist", file.display())));
            }
            figment = figment.merge(Toml::file(file));
        }
        let environment = Env::prefixed("TODOKE_").filter(|key| {
            !FOREIGN_VARIABLES.iter().any(|foreign| key.as_str().to_ascii_lowercase().starts_with(foreign))
        });
        Self::from_figment(&figment.merge(environment.split("__")))
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        let values: figment::value::Dict =
            figment.extract().map_err(|error| ConfigError::File(error.to_string()))?;
        if let Some(key) = values.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(ConfigError::Unknown { key: key.clone(), known: KEYS.join(", ") });
        }
        let text = |key: &str| values.get(key).map(text_of);
        let data_dir = PathBuf::from(text("data_dir").unwrap_or_else(|| "./todoke-data".to_owned()));
        let listen: SocketAddr = parse_or(
            "TODOKE_LISTEN",
            text("listen"),
            "127.0.0.1:8080",
            "an address with a port, as 127.0.0.1:8080",
        )?;
        let default_public_url = format!("http://{listen}");
        let database_url = text("database_url")
            .unwrap_or_else(|| format!("sqlite://{}?mode=rwc", data_dir.join("todoke.db").display()));
        if !database_url.starts_with("sqlite:") && !database_url.starts_with("postgres") {
            return Err(ConfigError::Invalid {
                key: "TODOKE_DATABASE_URL",
                value: "(hidden)".to_owned(),
                allowed: "sqlite://FILE or postgres://USER@HOST/NAME",
            });
        }
        let allow_private_endpoints = parse_networks(values.get("allow_private_endpoints"))?;
        Ok(Self {
            listen,
            database_url,
            data_dir,
            secret_key: parse_secret_key(text("secret_key"))?,
            smtp_url: parse_smtp_url(text("smtp_url"))?,
            mail_from: text("mail_from").unwrap_or_else(|| "Todoke <no-reply@todoke.invalid>".to_owned()),
            public_url: parse_or(
                "TODOKE_PUBLIC_URL",
                text("public_url"),
                &default_public_url,
                "an http:// or https:// address",
            )?,
            gateway_url: parse_gateway_url(text("gateway_url"), &allow_private_endpoints)?,
            allow_private_endpoints,
            grace_period_ms: parse_or(
                "TODOKE_GRACE_PERIOD_MS",
                text("grace_period_ms"),
                "300000",
                "a whole number of milliseconds",
            )?,
            checkout_retention_days: parse_retention_days(text("checkout_retention_days"))?,
            alert_window_ms: parse_or(
                "TODOKE_ALERT_WINDOW_MS",
                text("alert_window_ms"),
                "600000",
                "a whole number of milliseconds",
            )?,
            pause_span_ms: parse_or(
                "TODOKE_PAUSE_SPAN_MS",
                text("pause_span_ms"),
                &SPAN_MS_DEFAULT.to_string(),
                "a whole number of milliseconds",
            )?,
        })
    }
}

fn text_of(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => value
            .to_i128()
            .map(|number| number.to_string())
            .or_else(|| value.to_u128().map(|number| number.to_string()))
            .or_else(|| value.to_bool().map(|flag| flag.to_string()))
            .unwrap_or_default(),
    }
}

fn parse_or<T: FromStr>(
    key: &'static str,
    given: Option<String>,
    default: &str,
    allowed: &'static str,
) -> Result<T, ConfigError> {
    let value = given.unwrap_or_else(|| default.to_owned());
    value.parse().map_err(|_| ConfigError::Invalid { key, value, allowed })
}

/// A day at least, or a payment could outlive its own checkout.
fn parse_retention_days(given: Option<String>) -> Result<i64, ConfigError> {
    let (key, allowed) = ("TODOKE_CHECKOUT_RETENTION_DAYS", "a whole number of days, 1 to 3650");
    let default = CHECKOUT_RETENTION_DAYS_DEFAULT.to_string();
    let days: i64 = parse_or(key, given, &default, allowed)?;
    if (1..=CHECKOUT_RETENTION_DAYS_MAX).contains(&days) {
        Ok(days)
    } else {
        Err(ConfigError::Invalid { key, value: days.to_string(), allowed })
    }
}

fn parse_secret_key(given: Option<String>) -> Result<Option<SecretKey>, ConfigError> {
    let parse = |text: String| {
        text.parse().map_err(|()| ConfigError::Invalid {
            key: "TODOKE_SECRET_KEY",
            value: "(hidden)".to_owned(),
            allowed: "32 random bytes in base64, as `openssl rand -base64 32` prints them",
        })
    };
    given.map(parse).transpose()
}

fn parse_smtp_url(given: Option<String>) -> Result<Option<String>, ConfigError> {
    match given {
        None => Ok(None),
        Some(url) if url.starts_with("smtp://") || url.starts_with("smtps://") => Ok(Some(url)),
        Some(_) => Err(ConfigError::Invalid {
            key: "TODOKE_SMTP_URL",
            value: "(hidden)".to_owned(),
            allowed: "smtp://HOST:PORT or smtps://USER:PASSWORD@HOST",
        }),
    }
}

/// ShopPass goes there, so it must be `https`; `http` only where private endpoints are permitted, for trying things out.
fn parse_gateway_url(given: Option<String>, private: &[IpNet]) -> Result<Option<Url>, ConfigError> {
    let Some(value) = given.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let is_permitted = |url: &Url| {
        let is_safe = url.scheme() == "https" || url.scheme() == "http" && !private.is_empty();
        is_safe && url.has_host() && url.username().is_empty() && url.password().is_none()
    };
    // What stands after the last slash would be lost when the question's name is put behind it.
    let whole = if value.ends_with('/') { value.clone() } else { format!("{value}/") };
    match Url::parse(&whole).ok().filter(is_permitted) {
        Some(url) => Ok(Some(url)),
        None => Err(ConfigError::Invalid {
            key: "TODOKE_GATEWAY_URL",
            value,
            allowed: "an https:// address, as https://p01.mul-pay.jp/payment/",
        }),
    }
}

/// `false`, one network, several separated by commas, or a TOML list.
fn parse_networks(given: Option<&Value>) -> Result<Vec<IpNet>, ConfigError> {
    let texts: Vec<String> = match given {
        None => Vec::new(),
        Some(value) => match value.as_array() {
            Some(items) => items.iter().map(text_of).collect(),
            None => text_of(value).split(',').map(|part| part.trim().to_owned()).collect(),
        },
    };
    let networks = texts.iter().filter(|text| !text.is_empty() && text.as_str() != "false").map(|text| {
        text.parse().map_err(|_| ConfigError::Invalid {
            key: "TODOKE_ALLOW_PRIVATE_ENDPOINTS",
            value: text.clone(),
            allowed: "false, or networks as 127.0.0.0/8,10.1.0.0/16",
        })
    });
    networks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(toml: &str) -> Result<Config, String> {
        Config::from_figment(&Figment::new().merge(Toml::string(toml))).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_has_a_default() {
        let config = load("").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080/");
        assert_eq!(config.database_url, "sqlite://./todoke-data/todoke.db?mode=rwc");
        assert!(config.allow_private_endpoints.is_empty());
        assert_eq!(config.checkout_retention_days, 60);
    }

    #[test]
    fn a_key_of_32_bytes_is_taken_and_never_shown() {
        let config = load(&format!("secret_key = '{}'", BASE64_STANDARD.encode([7; 32]))).unwrap();
        assert_eq!(config.secret_key.as_ref().unwrap().bytes(), [7; 32]);
        assert!(format!("{config:?}").contains("SecretKey(hidden)"));
        assert_eq!(load("").unwrap().secret_key, None);
    }

    /// The environment brings numbers without a sign, a file brings them with one.
    #[test]
    fn numbers_of_the_environment_are_read() {
        let figment = Figment::new().merge(("grace_period_ms", 500_u32));
        let config = Config::from_figment(&figment).map_err(|error| error.to_string());
        assert_eq!(config.unwrap().grace_period_ms, 500);
        assert_eq!(load("grace_period_ms = 500").unwrap().grace_period_ms, 500);
    }

    #[test]
    fn networks_come_as_false_text_or_list() {
        assert!(load("allow_private_endpoints = false").unwrap().allow_private_endpoints.is_empty());
        assert_eq!(
            load("allow_private_endpoints = '127.0.0.0/8, ::1/128'").unwrap().allow_private_endpoints.len(),
            2
        );
        assert_eq!(
            load("allow_private_endpoints = ['10.0.0.0/8']").unwrap().allow_private_endpoints.len(),
            1
        );
    }

    #[test]
    fn the_gateway_is_asked_over_https_alone_but_for_trying_things_out() {
        let url = |toml: &str| load(toml).map(|config| config.gateway_url.map(String::from));
        let safe = "gateway_url = 'https://p01.mul-pay.jp/payment'";
        assert_eq!(url(safe), Ok(Some("https://p01.mul-pay.jp/payment/".to_owned())));
        assert_eq!(url(""), Ok(None));
        let local = "gateway_url = 'http://127.0.0.1:9/'";
        assert!(url(local).unwrap_err().contains("TODOKE_GATEWAY_URL"));
        assert!(url(&format!("{local}\nallow_private_endpoints = '127.0.0.0/8'")).unwrap().is_some());
        assert!(url("gateway_url = 'https://shop:pass@p01.mul-pay.jp/'").is_err());
    }

    #[test]
    fn wrong_values_name_key_value_and_what_is_allowed() {
        for (toml, parts) in [
            ("listen = 'here'", ["TODOKE_LISTEN", "here", "127.0.0.1:8080"]),
            ("allow_private_endpoints = true", ["TODOKE_ALLOW_PRIVATE_ENDPOINTS", "true", "false"]),
            ("checkout_retention_days = 0", ["TODOKE_CHECKOUT_RETENTION_DAYS", "0", "1 to 3650"]),
            ("checkout_retention_days = 3651", ["TODOKE_CHECKOUT_RETENTION_DAYS", "3651", "1 to 3650"]),
            ("lisen = 'x'", ["lisen", "does not exist", "listen"]),
            ("database_url = 'mysql://x:hunter2@y'", ["TODOKE_DATABASE_URL", "(hidden)", "postgres"]),
            ("secret_key = 'c2VjcmV0'", ["TODOKE_SECRET_KEY", "(hidden)", "32 random bytes"]),
            ("smtp_url = 'http://x'", ["TODOKE_SMTP_URL", "(hidden)", "smtps://"]),
        ] {
            let message = load(toml).unwrap_err();
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
            assert!(!message.contains("hunter2") && !message.contains("c2Vj"));
        }
    }
}
