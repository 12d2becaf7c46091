//! `todoke admin …`: one command, one use case of `app::admin`. Works beside a running server.

use std::{io::BufRead, sync::Arc};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use todoke_domain::{
    access::{Role, TokenRight},
    acknowledgement::BodyRule,
    retry::RetryPolicy,
    text::Charset,
};

use super::print;
use crate::{
    app::admin::{self, AdminError, Desk, EndpointChange, EndpointMethod},
    clock::SystemClock,
    config::Config,
};

#[derive(Args)]
pub(super) struct AdminArgs {
    /// Answers with one JSON document.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Makes a merchant.
    CreateMerchant { name: String },
    /// Makes an IP code.
    CreateIpCode {
        code: String,
        #[arg(long)]
        merchant: String,
        /// The name shown; the merchant's where it is not given.
        #[arg(long)]
        name: Option<String>,
    },
    /// Makes a user; the password is read from standard input. Without --merchant: a platform operator.
    CreateUser {
        login: String,
        #[arg(long)]
        merchant: Option<String>,
        #[arg(long)]
        name: Option<String>,
    },
    /// Gives a user a right on an IP code.
    Grant {
        login: String,
        code: String,
        #[arg(value_parser = parse_role)]
        role: Role,
    },
    /// Makes an API token and shows its secret, once.
    CreateToken {
        name: String,
        #[arg(long = "ip-code", required = true, num_args = 1..)]
        ip_codes: Vec<String>,
        #[arg(long = "right", required = true, num_args = 1.., value_parser = parse_right)]
        rights: Vec<TokenRight>,
    },
    /// Sets where and how results are delivered.
    SetEndpoint(EndpointArgs),
    /// Makes a new signing secret and shows it, once. The one before signs too until the overlap ends.
    RotateSecret {
        code: String,
        /// 0 to 168.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=168))]
        overlap_hours: u32,
    },
    /// Sets the gateway's ShopID, which turns gateway notifications on.
    SetShop {
        code: String,
        #[arg(long)]
        shop_id: String,
    },
    /// Sets who gets mail about send errors.
    SetAlerts {
        code: String,
        /// Mail addresses; none turns the mails off.
        #[arg(long = "to", num_args = 0..)]
        addresses: Vec<String>,
    },
    /// Lists what there is.
    List { what: Listed },
    /// Takes back a right or a token.
    #[command(subcommand)]
    Revoke(RevokeCommand),
}

#[derive(Args)]
struct EndpointArgs {
    code: String,
    #[arg(long)]
    url: Option<String>,
    #[arg(long, value_parser = parse_method)]
    method: Option<EndpointMethod>,
    #[arg(long, value_parser = parse_charset)]
    charset: Option<Charset>,
    /// 100 to 120000.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..=120_000))]
    timeout_ms: Option<u32>,
    /// any, equals:TEXT, starts-with:TEXT or contains:TEXT.
    #[arg(long, value_parser = parse_body_rule)]
    ack_body: Option<BodyRule>,
    /// Whether it drops second copies by itself: what may have been received is then retried unasked.
    #[arg(long)]
    idempotent: Option<bool>,
    /// none, delays:SECONDS,SECONDS,… or every:HOURS.
    #[arg(long, value_parser = parse_retry_policy)]
    retry: Option<RetryPolicy>,
    /// Failures in a row, over ten minutes or longer, after which the endpoint is paused; 0 means never.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pause_after_failures: Option<u32>,
}

#[derive(Subcommand)]
enum RevokeCommand {
    /// A user's right on an IP code.
    Grant { login: String, code: String },
    /// An API token, by name or prefix.
    Token { name: String },
}

#[derive(Clone, Copy, ValueEnum)]
enum Listed {
    Merchants,
    IpCodes,
    Users,
    Tokens,
}

/// Runs one command.
pub(super) async fn run(config: Config, args: AdminArgs) -> Result<(), String> {
    let desk = Desk::open(&config, Arc::new(SystemClock)).await.map_err(|error| error.to_string())?;
    desk.database.migrate().await.map_err(super::away)?;
    let answer = obey(&desk, args.command).await.map_err(|error| error.to_string())?;
    if args.json { print(&format!("{}\n", answer.document)) } else { print(&format!("{}\n", answer.text)) }
}

/// An answer for people and one for machines.
struct Answer {
    text: String,
    document: Value,
}

impl Answer {
    fn new(text: impl Into<String>, document: Value) -> Self {
        Self { text: text.into(), document }
    }
}

async fn obey(desk: &Desk, command: AdminCommand) -> Result<Answer, AdminError> {
    match command {
        AdminCommand::CreateMerchant { name } => {
            let id = admin::create_merchant(desk, &name).await?;
            Ok(Answer::new(format!("merchant {name} made"), json!({"id": id.to_string(), "name": name})))
        }
        AdminCommand::CreateIpCode { code, merchant, name } => {
            let made = admin::create_ip_code(desk, &code, &merchant, name.as_deref()).await?;
            let secret = made.signing_secret;
            let text = format!("IP code {} made\nits requests are signed with {secret}", made.ip_code);
            Ok(Answer::new(text, json!({"ip_code": code, "merchant": merchant, "signing_secret": secret})))
        }
        AdminCommand::CreateUser { login, merchant, name } => {
            let password = read_password()?;
            let id = admin::create_user(desk, &login, merchant.as_deref(), name.as_deref(), password).await?;
            Ok(Answer::new(format!("user {login} made"), json!({"id": id.to_string(), "login": login})))
        }
        AdminCommand::Grant { login, code, role } => {
            admin::grant(desk, &login, &code, role).await?;
            let document = json!({"login": login, "ip_code": code, "role": role.code()});
            Ok(Answer::new(format!("{login} is {} of {code}", role.code()), document))
        }
        AdminCommand::CreateToken { name, ip_codes, rights } => {
            let secret = admin::create_token(desk, &name, &ip_codes, &rights).await?;
            Ok(Answer::new(secret.clone(), json!({"name": name, "token": secret})))
        }
        AdminCommand::SetEndpoint(args) => set_endpoint(desk, args).await,
        AdminCommand::RotateSecret { code, overlap_hours } => {
            let secret = admin::rotate_secret(desk, &code, overlap_hours).await?;
            Ok(Answer::new(secret.clone(), json!({"ip_code": code, "signing_secret": secret})))
        }
        AdminCommand::SetShop { code, shop_id } => {
            admin::set_shop(desk, &code, &shop_id).await?;
            let document = json!({"ip_code": code, "shop_id": shop_id});
            Ok(Answer::new(format!("notifications of shop {shop_id} belong to {code}"), document))
        }
        AdminCommand::SetAlerts { code, addresses } => {
            admin::set_alerts(desk, &code, &addresses).await?;
            let document = json!({"ip_code": code, "alert_addresses": addresses});
            Ok(Answer::new(format!("alerts of {code} go to {}", addresses.join(", ")), document))
        }
        AdminCommand::List { what } => list(desk, what).await,
        AdminCommand::Revoke(RevokeCommand::Grant { login, code }) => {
            admin::revoke_grant(desk, &login, &code).await?;
            Ok(Answer::new(
                format!("{login} has no right on {code} any more"),
                json!({"login": login, "ip_code": code}),
            ))
        }
        AdminCommand::Revoke(RevokeCommand::Token { name }) => {
            let revoked = admin::revoke_token(desk, &name).await?;
            Ok(Answer::new(
                format!("{revoked} token(s) {name} revoked"),
                json!({"name": name, "revoked": revoked}),
            ))
        }
    }
}

async fn set_endpoint(desk: &Desk, args: EndpointArgs) -> Result<Answer, AdminError> {
    let change = EndpointChange {
        url: args.url,
        method: args.method,
        charset: args.charset,
        timeout_ms: args.timeout_ms,
        body_rule: args.ack_body,
        is_idempotent: args.idempotent,
        retry_policy: args.retry,
        pause_after_failures: args.pause_after_failures,
    };
    let url = admin::set_endpoint(desk, &args.code, change).await?;
    let text = format!("results of {} go to {}", args.code, url.as_deref().unwrap_or("nowhere yet"));
    Ok(Answer::new(text, json!({"ip_code": args.code, "url": url})))
}

async fn list(desk: &Desk, what: Listed) -> Result<Answer, AdminError> {
    let rows: Vec<(String, Value)> = match what {
        Listed::Merchants => {
            let names = admin::list_merchants(desk).await?;
            names.into_iter().map(|name| (name.clone(), json!({"name": name}))).collect()
        }
        Listed::IpCodes => {
            let found = admin::list_ip_codes(desk).await?;
            found.into_iter().map(|settings| ip_code_row(&settings)).collect()
        }
        Listed::Users => {
            let row = |(login, name, is_platform): (String, String, bool)| {
                let document = json!({"login": login, "name": name, "platform": is_platform});
                (format!("{login}\t{name}"), document)
            };
            admin::list_users(desk).await?.into_iter().map(row).collect()
        }
        Listed::Tokens => admin::list_tokens(desk).await?.iter().map(token_row).collect(),
    };
    let (texts, documents): (Vec<String>, Vec<Value>) = rows.into_iter().unzip();
    Ok(Answer::new(texts.join("\n"), Value::Array(documents)))
}

fn ip_code_row(settings: &crate::store::ip_codes::IpCodeSettings) -> (String, Value) {
    let url = settings.endpoint.url.clone().unwrap_or_default();
    let document = json!({
        "ip_code": settings.ip_code.as_str(),
        "name": settings.name,
        "merchant": settings.merchant,
        "url": settings.endpoint.url,
        "method": settings.endpoint.method.code(),
        "charset": settings.endpoint.charset.name(),
        "timeout_ms": settings.endpoint.timeout_ms,
        "shop_id": settings.shop_id,
        "alert_addresses": settings.alert_addresses,
    });
    (format!("{}\t{}\t{url}", settings.ip_code, settings.name), document)
}

fn token_row(token: &crate::store::tokens::ApiToken) -> (String, Value) {
    let rights: Vec<&str> = token.rights.iter().map(|right| right.code()).collect();
    let ip_codes: Vec<&str> = token.ip_codes.iter().map(todoke_domain::ids::IpCode::as_str).collect();
    let state = if token.is_revoked { "revoked" } else { "living" };
    let text =
        format!("{}\t{}…\t{}\t{}\t{state}", token.name, token.prefix, rights.join(","), ip_codes.join(","));
    let document = json!({
        "name": token.name, "prefix": token.prefix, "rights": rights, "ip_codes": ip_codes,
        "revoked": token.is_revoked,
    });
    (text, document)
}

fn read_password() -> Result<String, AdminError> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|error| AdminError::Refused(format!("the password cannot be read: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::from_code(text).ok_or_else(|| "viewer, operator or manager".to_owned())
}

fn parse_right(text: &str) -> Result<TokenRight, String> {
    TokenRight::from_code(text).ok_or_else(|| "read, operate, manage or ingest".to_owned())
}

fn parse_method(text: &str) -> Result<EndpointMethod, String> {
    EndpointMethod::from_code(text).ok_or_else(|| "get or post".to_owned())
}

fn parse_charset(text: &str) -> Result<Charset, String> {
    Charset::from_name(text).ok_or_else(|| "cp932, utf-8 or euc-jp".to_owned())
}

fn parse_retry_policy(text: &str) -> Result<RetryPolicy, String> {
    RetryPolicy::parse(text)
        .ok_or_else(|| "none, delays:SECONDS,SECONDS,… (1 to 10 of them) or every:HOURS (1 to 24)".to_owned())
}

fn parse_body_rule(text: &str) -> Result<BodyRule, String> {
    BodyRule::parse(text).ok_or_else(|| "any, equals:TEXT, starts-with:TEXT or contains:TEXT".to_owned())
}
