//! Sample abnormal orders and orders in every state over the last eight months. Nothing here is real; everything is
//! computed, so that two demos look alike.
//!
//! The rows come out of the same evaluation as real ones: no state is written that could not have come about.

use todoke_domain::{
    abnormal_order::AbnormalOrderStatus,
    ids::{AbnormalOrderId, IpCode},
    money::Yen,
    notification::Notification,
    order::{CHECKOUT_RETENTION_DAYS_DEFAULT, OrderLine, OrderStatus, payment_method_name},
    registration::{Cart, CheckoutSnapshot},
    time::Timestamp,
};

use super::order_stories::{FAMILY_NAMES, GIVEN_NAMES, GOODS, LOGINS, Story, pick};
use crate::{
    app::{
        App, Error,
        evaluations::{Facts, row_of},
    },
    auth::scope::Scope,
    store::{
        self,
        abnormal_orders::{AbnormalOrder, Restoration},
        checkouts::Checkout,
        notifications::{GatewayPayment, NewNotification, StoredNotification},
        orders::Order,
    },
};

/// Sample abnormal orders of the first shop and of each other one.
const ABNORMAL_ORDERS: [i64; 2] = [40, 20];
/// Sample orders without any trouble, likewise.
const NORMAL_ORDERS: [i64; 2] = [50, 30];
/// The age of the oldest sample, nearly eight months. Ages grow with the square of the position: most are recent.
const OLDEST_MINUTES: i64 = 232 * 24 * 60;
/// How long after its signal a sample was restored: later than its evaluation.
const RESTORED_AFTER_MS: i64 = 3 * 3_600_000;
/// How long after its signal a sample was evaluated.
const GRACE_MS: i64 = 300_000;
/// 注文種別 of every sample.
const ORDER_TYPE: &str = "一般注文";

/// Everything that is stored at the end.
#[derive(Default)]
struct Harvest {
    checkouts: Vec<Checkout>,
    orders: Vec<Order>,
    notifications: Vec<NewNotification>,
    rows: Vec<AbnormalOrder>,
}

/// A shop with its IP code.
struct Shop {
    ip_code: IpCode,
    shop_id: String,
}

/// Stores the samples for those IP codes that have a shop, in one transaction.
///
/// # Errors
/// The database.
pub(super) async fn plant(app: &App, now: Timestamp) -> Result<(), Error> {
    let scope = Scope::system();
    let settings = store::ip_codes::list_visible(&scope, app.database.reader()).await?;
    let with_shop = settings.into_iter().filter_map(|settings| {
        let ip_code = settings.ip_code;
        settings.shop_id.map(|shop_id| Shop { ip_code, shop_id })
    });
    let shops: Vec<Shop> = with_shop.collect();
    let mut harvest = Harvest::default();
    let [first, other] = ABNORMAL_ORDERS;
    let [first_normal, other_normal] = NORMAL_ORDERS;
    for (position, shop) in shops.iter().enumerate() {
        let (abnormal, normal) = if position == 0 { (first, first_normal) } else { (other, other_normal) };
        for index in 0..abnormal {
            let received_at = minutes_before(now, 20 + age_minutes(index, abnormal));
            grow_abnormal_order(&mut harvest, shop, index, received_at, now)?;
        }
        for index in 0..normal {
            let ordered_at = minutes_before(now, 45 + age_minutes(index, normal));
            harvest.orders.push(normal_order(shop, index, ordered_at, now)?);
        }
    }
    let tx = app.database.begin_write().await?;
    store::checkouts::put(&scope, &tx, &harvest.checkouts).await?;
    store::orders::insert(&scope, &tx, &harvest.orders).await?;
    store::notifications::insert_many(&scope, &tx, harvest.notifications).await?;
    store::abnormal_orders::insert_many(&scope, &tx, &harvest.rows).await?;
    tx.commit().await?;
    Ok(())
}

/// How old a sample is.
fn age_minutes(index: i64, count: i64) -> i64 {
    OLDEST_MINUTES * index * index / (count * count)
}

fn grow_abnormal_order(
    harvest: &mut Harvest,
    shop: &Shop,
    index: i64,
    received_at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let ordered_at = minutes_before(received_at, 1 + index % 16);
    let cart = cart_of(shop, index, ordered_at)?;
    let story = Story::of(index);
    let access_id = access_id_of(shop, index);
    let payment = GatewayPayment {
        id: AbnormalOrderId::of(&shop.shop_id, &cart.order_no, &access_id),
        ip_code: shop.ip_code.clone(),
        shop_id: shop.shop_id.clone(),
        gateway_order_id: cart.order_no.clone(),
        access_id: access_id.clone(),
    };
    let mut facts = Facts { notifications: Vec::new(), checkout: None, order: None };
    for (new, stored) in notifications_of(&payment, &cart, story, received_at)? {
        harvest.notifications.push(new);
        facts.notifications.push(stored);
    }
    if story != Story::NoCheckout {
        let known_access_id =
            if story == Story::OtherAccessId { access_id_of(shop, index + 1_000) } else { access_id };
        facts.checkout = Some(checkout_of(&cart, known_access_id));
    }
    let restored_at = received_at.plus_millis(RESTORED_AFTER_MS);
    facts.order = order_in(story, &payment, &cart, restored_at, now).map(|order| Order {
        // Of three restored orders one still waits for its confirmation mail.
        confirmation_mail_sent_at: order.confirmation_mail_sent_at.filter(|_| index % 3 != 0),
        ..order
    });
    let row = row_of(
        &payment,
        &facts,
        facts.evaluate(&payment, CHECKOUT_RETENTION_DAYS_DEFAULT),
        received_at.plus_millis(GRACE_MS),
    );
    harvest.rows.extend(row.map(|row| as_restored(row, facts.order.as_ref(), restored_at)));
    harvest.checkouts.extend(facts.checkout);
    harvest.orders.extend(facts.order);
    Ok(())
}

fn checkout_of(cart: &Cart, access_id: String) -> Checkout {
    Checkout {
        id: cart.checkout_id(),
        snapshot: CheckoutSnapshot {
            cart: Cart { access_id: Some(access_id), ..cart.clone() },
            order_type: ORDER_TYPE.to_owned(),
            pay_type: Some("0".to_owned()),
        },
        registered_at: cart.ordered_at.plus_millis(2_000),
    }
}

/// The order with the number of an abnormal one, where its story has one.
fn order_in(
    story: Story,
    payment: &GatewayPayment,
    cart: &Cart,
    restored_at: Timestamp,
    now: Timestamp,
) -> Option<Order> {
    match story {
        Story::Restored | Story::RestoredThenCancelled => Some(Order {
            order_type: Some(ORDER_TYPE.to_owned()),
            payment_method: Some(payment_method_name("0").to_owned()),
            restored_from: Some(payment.id),
            confirmation_mail_sent_at: Some(restored_at.plus_millis(600_000)),
            ..order_of(cart, Some(payment.access_id.clone()), restored_at, now)
        }),
        // The buyer took the payment for failed and ordered again, cash on delivery.
        Story::Duplicate => Some(Order {
            payment_method: Some("代金引換".to_owned()),
            ..order_of(cart, None, cart.ordered_at.plus_millis(240_000), now)
        }),
        Story::Restorable
        | Story::NoCheckout
        | Story::OtherAmount
        | Story::OtherAccessId
        | Story::Cancelled
        | Story::BrokenDate => None,
    }
}

/// A row whose order was made from it is 復旧済.
fn as_restored(row: AbnormalOrder, order: Option<&Order>, at: Timestamp) -> AbnormalOrder {
    match order {
        Some(order) if row.status == AbnormalOrderStatus::Restored => {
            let restored = Restoration { order_id: order.id, at, by: "operator".to_owned() };
            AbnormalOrder { restored: Some(restored), colliding_order: None, evaluated_at: at, ..row }
        }
        _ => row,
    }
}

fn notifications_of(
    payment: &GatewayPayment,
    cart: &Cart,
    story: Story,
    received_at: Timestamp,
) -> Result<Vec<(NewNotification, StoredNotification)>, Error> {
    let shortfall = if story == Story::OtherAmount { 100 } else { 0 };
    let paid = cart.total.amount().saturating_sub(shortfall);
    let paid_at =
        if story == Story::BrokenDate { "20260230120000".to_owned() } else { wire_date(cart.ordered_at) };
    let mut told = vec![notification_of(payment, "CAPTURE", paid, &paid_at, received_at)?];
    if matches!(story, Story::Cancelled | Story::RestoredThenCancelled) {
        let cancelled_at = received_at.plus_millis(4 * 3_600_000);
        told.push(notification_of(payment, "VOID", paid, &wire_date(cancelled_at), cancelled_at)?);
    }
    Ok(told)
}

fn notification_of(
    payment: &GatewayPayment,
    status: &str,
    amount: i32,
    transaction_at: &str,
    received_at: Timestamp,
) -> Result<(NewNotification, StoredNotification), Error> {
    let GatewayPayment { shop_id, gateway_order_id, access_id, .. } = payment;
    let raw = format!(
        "ShopID={shop_id}&ShopPass=&AccessID={access_id}&AccessPass=&OrderID={gateway_order_id}&Status={status}\
         &JobCd={status}&Amount={amount}&Tax=0&Currency=JPN&Forward=2a99662&Method=1&PayTimes=\
         &TranID={transaction_at}11111111111871&Approve=+707831&TranDate={transaction_at}&ErrCode=&ErrInfo=&PayType=0"
    )
    .into_bytes();
    let notification = Notification::parse(&raw).map_err(Error::internal)?;
    let stored = StoredNotification {
        id: notification.id(),
        abnormal_order_id: payment.id,
        received_at,
        notification,
    };
    let new = NewNotification {
        id: stored.id,
        payment: payment.clone(),
        status: status.to_owned(),
        raw,
        received_at,
        evaluate_at: None,
    };
    Ok((new, stored))
}

fn normal_order(shop: &Shop, index: i64, ordered_at: Timestamp, now: Timestamp) -> Result<Order, Error> {
    // Numbers that no abnormal order of the same day bears.
    let number = 100 + index;
    let cart = cart_of(shop, number, ordered_at)?;
    let is_card = index % 4 != 3;
    let registered_at = ordered_at.plus_millis(30_000);
    let order = order_of(&cart, is_card.then(|| access_id_of(shop, number)), registered_at, now);
    let method = if is_card { payment_method_name("0") } else { payment_method_name("3") };
    Ok(Order {
        payment_method: Some(method.to_owned()),
        confirmation_mail_sent_at: Some(registered_at.plus_millis(5_000)),
        ..order
    })
}

fn order_of(cart: &Cart, access_id: Option<String>, registered_at: Timestamp, now: Timestamp) -> Order {
    let age_h = now.millis_since(cart.ordered_at) / 3_600_000;
    let status = match age_h {
        0..24 => OrderStatus::New,
        24..96 => OrderStatus::InProgress,
        _ if cart.order_no.ends_with('9') => OrderStatus::Cancelled,
        _ => OrderStatus::Shipped,
    };
    Order {
        id: cart.order_id(),
        cart: Cart { access_id, ..cart.clone() },
        order_type: None,
        status,
        payment_method: None,
        registered_at,
        restored_from: None,
        confirmation_mail_sent_at: None,
    }
}

fn cart_of(shop: &Shop, index: i64, ordered_at: Timestamp) -> Result<Cart, Error> {
    let (name, unit_price) = pick(&GOODS, index + index / 12);
    let quantity = if index < 6 { 1 } else { 1 + i32::try_from(index % 3).unwrap_or(0) };
    // The first row's is the one of reference B's table.
    let shipping_fee = if index == 0 || (index > 6 && index % 2 == 0) { 350 } else { 0 };
    let yen = |amount: i32| Yen::new(amount.into()).map_err(Error::internal);
    let login = pick(&LOGINS, index);
    let day = ordered_at.to_tokyo_text().chars().filter(char::is_ascii_digit).take(8).collect::<String>();
    Ok(Cart {
        ip_code: shop.ip_code.clone(),
        order_no: format!("{day}{:05}", index + 1),
        ordered_at,
        customer_name: format!("{} {}", pick(&FAMILY_NAMES, index * 7), pick(&GIVEN_NAMES, index)),
        email: format!("{login}{}@example.jp", index + 1),
        member_id: (index % 5 != 4).then(|| format!("mr{}", 192 + index)),
        total: yen(unit_price * quantity + shipping_fee)?,
        shipping_fee: yen(shipping_fee)?,
        lines: vec![OrderLine { name: name.to_owned(), unit_price: yen(unit_price)?, quantity }],
        access_id: None,
    })
}

/// 32 hexadecimal digits as the gateway gives them, computed.
fn access_id_of(shop: &Shop, index: i64) -> String {
    let id = AbnormalOrderId::of(&shop.shop_id, &index.to_string(), "sample");
    id.value().simple().to_string()
}

fn wire_date(at: Timestamp) -> String {
    at.to_tokyo_text().chars().filter(char::is_ascii_digit).collect()
}

fn minutes_before(at: Timestamp, minutes: i64) -> Timestamp {
    at.plus_millis(-minutes * 60_000)
}
