//! The demo's merchants, IP codes, users and tokens. Passwords and tokens are drawn anew for every data directory.

use todoke_domain::{
    access::{Role, TokenRight},
    acknowledgement::BodyRule,
    text::Charset,
};

use super::{DemoFile, DemoToken, DemoUser};
use crate::{
    app::admin::{self, AdminError, Desk, EndpointChange, EndpointMethod},
    auth::random_bytes,
};

/// Time-out of the demo's endpoints, in milliseconds: one does not want to wait 15 seconds.
const TIMEOUT_MS: u32 = 3_000;

/// One IP code of the demo.
struct DemoCode {
    code: &'static str,
    merchant: &'static str,
    name: &'static str,
    method: EndpointMethod,
    charset: Charset,
    shop_id: Option<&'static str>,
    alerts: &'static str,
}

/// The IP code whose cart is told of restored orders.
pub(super) const TOLD_CODE: &str = "2012000123";

/// The first merchant, who also has a shop at the gateway.
const FIRST: &str = "さくら書房";
/// The second merchant, who must never see the first one's rows.
const SECOND: &str = "みなと音楽";

const CODES: [DemoCode; 4] = [
    DemoCode {
        code: "2012000123",
        merchant: FIRST,
        name: "さくら書房 d払い",
        method: EndpointMethod::Get,
        charset: Charset::Cp932,
        shop_id: Some("tshop00012345"),
        alerts: "alert@sakura.example.jp",
    },
    DemoCode {
        code: "2012000124",
        merchant: FIRST,
        name: "さくら書房 auかんたん決済",
        method: EndpointMethod::Post,
        charset: Charset::Cp932,
        shop_id: None,
        alerts: "alert@sakura.example.jp",
    },
    DemoCode {
        code: "2012000225",
        merchant: SECOND,
        name: "みなと音楽 ソフトバンク",
        method: EndpointMethod::Post,
        charset: Charset::Utf8,
        shop_id: Some("tshop00067890"),
        alerts: "alert@minato.example.jp",
    },
    DemoCode {
        code: "2012000226",
        merchant: SECOND,
        name: "みなと音楽 d払い",
        method: EndpointMethod::Get,
        charset: Charset::EucJp,
        shop_id: None,
        alerts: "alert@minato.example.jp",
    },
];

/// Login, name, role and merchant of every user; the first of each role share the first merchant's codes.
const USERS: [(&str, &str, Role, &str); 5] = [
    ("sakura-viewer", "桜井 見子", Role::Viewer, FIRST),
    ("sakura-operator", "桜井 操", Role::Operator, FIRST),
    ("sakura-manager", "桜井 統", Role::Manager, FIRST),
    ("minato-operator", "湊 操", Role::Operator, SECOND),
    ("minato-manager", "湊 統", Role::Manager, SECOND),
];

/// Makes everything and tells the sign-ins.
pub(super) async fn plant(desk: &Desk, endpoint_url: &str) -> Result<DemoFile, AdminError> {
    for merchant in [FIRST, SECOND] {
        admin::create_merchant(desk, merchant).await?;
    }
    for code in &CODES {
        admin::create_ip_code(desk, code.code, code.merchant, Some(code.name)).await?;
        let change = EndpointChange {
            url: Some(endpoint_url.to_owned()),
            method: Some(code.method),
            charset: Some(code.charset),
            timeout_ms: Some(TIMEOUT_MS),
            body_rule: Some(BodyRule::Equals("OK".to_owned())),
            ..EndpointChange::default()
        };
        admin::set_endpoint(desk, code.code, change).await?;
        admin::set_alerts(desk, code.code, &[code.alerts.to_owned()]).await?;
        if let Some(shop_id) = code.shop_id {
            admin::set_shop(desk, code.code, shop_id).await?;
        }
    }
    admin::set_restored_endpoint(desk, TOLD_CODE, &cart_url(endpoint_url)).await?;
    let users = plant_users(desk).await?;
    let first: Vec<String> = codes_of(FIRST);
    let all_rights =
        [("ingest", TokenRight::Ingest), ("read", TokenRight::Read), ("operate", TokenRight::Operate)];
    let mut tokens = Vec::new();
    for (name, right) in all_rights {
        let token = admin::create_token(desk, name, &first, &[right]).await?;
        tokens.push(DemoToken { name: name.to_owned(), token });
    }
    let token = admin::create_token(desk, "minato-ingest", &codes_of(SECOND), &[TokenRight::Ingest]).await?;
    tokens.push(DemoToken { name: "minato-ingest".to_owned(), token });
    Ok(DemoFile { url: String::new(), users, tokens, sample_endpoint: String::new() })
}

/// The cart's address: the same sample endpoint, another path.
fn cart_url(endpoint_url: &str) -> String {
    endpoint_url.replace("/cgi", "/order-restored")
}

/// The sample endpoint may have another port than in the last run.
pub(super) async fn point_endpoints(desk: &Desk, endpoint_url: &str) -> Result<(), AdminError> {
    let is_ours =
        |url: &Option<String>| url.as_deref().is_some_and(|url| url.starts_with("http://127.0.0.1:"));
    for settings in admin::list_ip_codes(desk).await? {
        let cart_url = cart_url(endpoint_url);
        if is_ours(&settings.restored_url) && settings.restored_url.as_ref() != Some(&cart_url) {
            admin::set_restored_endpoint(desk, settings.ip_code.as_str(), &cart_url).await?;
        }
        if is_ours(&settings.endpoint.url) && settings.endpoint.url.as_deref() != Some(endpoint_url) {
            let change = EndpointChange { url: Some(endpoint_url.to_owned()), ..EndpointChange::default() };
            admin::set_endpoint(desk, settings.ip_code.as_str(), change).await?;
        }
    }
    Ok(())
}

async fn plant_users(desk: &Desk) -> Result<Vec<DemoUser>, AdminError> {
    let mut users = Vec::new();
    for (login, name, role, merchant) in USERS {
        let password = draw_password()?;
        admin::create_user(desk, login, Some(merchant), Some(name), password.clone()).await?;
        for code in codes_of(merchant) {
            admin::grant(desk, login, &code, role).await?;
        }
        users.push(DemoUser { login: login.to_owned(), password, role: role.code().to_owned() });
    }
    let password = draw_password()?;
    admin::create_user(desk, "platform", None, Some("運用 太郎"), password.clone()).await?;
    users.push(DemoUser { login: "platform".to_owned(), password, role: "platform".to_owned() });
    Ok(users)
}

fn codes_of(merchant: &str) -> Vec<String> {
    CODES.iter().filter(|code| code.merchant == merchant).map(|code| code.code.to_owned()).collect()
}

/// Easy to read and type: syllables and digits, over 60 bits.
fn draw_password() -> Result<String, AdminError> {
    const CONSONANTS: [char; 16] =
        ['b', 'd', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'r', 's', 't', 'v', 'w', 'z'];
    const VOWELS: [char; 4] = ['a', 'e', 'i', 'o'];
    let bytes = random_bytes::<12>().map_err(|error| AdminError::Internal(error.to_string()))?;
    let mut password = String::new();
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0 && position % 4 == 0 {
            password.push('-');
        }
        password.extend(CONSONANTS.get(usize::from(byte >> 4)));
        password.extend(VOWELS.get(usize::from(byte & 0x03)));
    }
    Ok(password)
}
