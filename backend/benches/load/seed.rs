//! Rows by the hundred thousand, made inside the database: what years of service leave behind.
//!
//! The first IP code holds half of everything, the others share the rest.

use std::time::{SystemTime, UNIX_EPOCH};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

/// Days over which rows are spread; searches reach back at least 214.
const DAYS: u64 = 210;

/// The two engines' words for the same things.
enum Dialect {
    Sqlite,
    Postgres,
}

/// Fills tables through one connection.
pub(crate) struct Seed<'a> {
    db: &'a DatabaseConnection,
    dialect: Dialect,
    codes: u32,
}

impl<'a> Seed<'a> {
    /// For a database with so many IP codes, as `prepare` names them.
    pub(crate) fn new(db: &'a DatabaseConnection, codes: u32) -> Self {
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        Self { db, dialect: if is_postgres { Dialect::Postgres } else { Dialect::Sqlite }, codes }
    }

    /// Send errors: a third waits for somebody; every tenth bears one sendid, and phones and addresses repeat.
    pub(crate) async fn send_errors(&self, count: u32) {
        let at = self.instant("i", count);
        let sql = format!(
            "INSERT INTO send_errors (id, delivery_id, ip_code, order_no, carrier, amount, phone, email, sendid, \
             status, receipt, cause, http_status, occurred_at, attempt_count, processed_at, processed_by) \
             SELECT {id}, {id}, {code}, {order_no}, 'docomo', ((i % 100000) * 7919) % 100000, {phone}, \
             'user' || (i % 50000) || '@example.jp', CASE WHEN i % 10 = 0 THEN 'common' ELSE 'mr' || (i % 50000) END, \
             CASE WHEN i % 3 = 0 THEN 'UNPROCESSED' ELSE 'PROCESSED' END, \
             CASE WHEN i % 2 = 0 THEN 'MAYBE_RECEIVED' ELSE 'NOT_RECEIVED' END, \
             CASE WHEN i % 2 = 0 THEN 'SERVER_ERROR' ELSE 'CONNECTION_REFUSED' END, \
             CASE WHEN i % 2 = 0 THEN 500 END, {at}, 1, \
             CASE WHEN i % 3 = 0 THEN NULL ELSE {at} END, CASE WHEN i % 3 = 0 THEN NULL ELSE 'bench' END",
            id = self.uuid(),
            code = self.code(),
            order_no = self.padded("'2026-'", "i"),
            phone = self.padded("'090'", "(i % 80000)"),
        );
        self.fill(&sql, count).await;
    }

    /// Checkouts, with the numbers of the orders that were or were not saved.
    pub(crate) async fn checkouts(&self, count: u32) {
        let sql = format!(
            "INSERT INTO checkouts (id, ip_code, order_no, order_type, ordered_at, customer_name, email, member_id, \
             total, shipping_fee, lines, registered_at) \
             SELECT {id}, {code}, {order_no}, '一般注文', {at}, '登録者 花子', 'user' || i || '@example.jp', \
             'mr' || (i % 50000), 11350, 0, '[[\"春の福袋\",11350,1]]', {at}",
            id = self.uuid(),
            code = self.code(),
            order_no = self.padded("'2026'", "i"),
            at = self.instant("i", count),
        );
        self.fill(&sql, count).await;
    }

    /// Notifications that were evaluated long ago.
    pub(crate) async fn notifications(&self, count: u32) {
        let raw = match self.dialect {
            Dialect::Postgres => "convert_to(repeat('x', 400), 'UTF8')",
            Dialect::Sqlite => "randomblob(400)",
        };
        let sql = format!(
            "INSERT INTO notifications (id, abnormal_order_id, ip_code, shop_id, order_id, access_id, status, raw, \
             received_at) SELECT {id}, {id}, {code}, 's' || {code}, {order_id}, 'a' || i, 'CAPTURE', {raw}, {at}",
            id = self.uuid(),
            code = self.code(),
            order_id = self.padded("'2026'", "i"),
            at = self.instant("i", count),
        );
        self.fill(&sql, count).await;
    }

    /// Abnormal orders in their four states.
    pub(crate) async fn abnormal_orders(&self, count: u32) {
        let customer = "CASE WHEN i % 4 = 3 THEN NULL ELSE";
        let sql = format!(
            "INSERT INTO abnormal_orders (id, ip_code, shop_id, order_no, gateway_order_id, access_id, status, \
             cancelled_at_gateway, received_at, evaluated_at, order_type, ordered_at, customer_name, customer_search, \
             member_id, total, shipping_fee, item_count) \
             SELECT {id}, {code}, 's' || {code}, {order_no}, {order_no}, 'a' || i, \
             CASE i % 4 WHEN 0 THEN 'RESTORABLE' WHEN 1 THEN 'RESTORED' WHEN 2 THEN 'DUPLICATE' \
             ELSE 'UNRESTORABLE' END, {cancelled}, {at}, {at}, {customer} '一般注文' END, {customer} {at} END, \
             {customer} '登録者 花子' || i END, {customer} '登録者 花子' || i || ' user' || i || '@example.jp' END, \
             {customer} 'mr' || (i % 500) END, {customer} 11350 END, {customer} 0 END, {customer} 1 END",
            id = self.uuid(),
            code = self.code(),
            order_no = self.padded("'2026'", "i"),
            cancelled = match self.dialect {
                Dialect::Postgres => "false",
                Dialect::Sqlite => "0",
            },
            at = self.instant("i", count),
        );
        self.fill(&sql, count).await;
    }

    /// Orders; every hundredth was restored and waits for its mail.
    pub(crate) async fn orders(&self, count: u32) {
        let sql = format!(
            "INSERT INTO orders (id, ip_code, order_no, order_type, status, ordered_at, registered_at, customer_name, \
             email, member_id, total, shipping_fee, item_count, lines, restored_from) \
             SELECT {id}, {code}, {order_no}, '一般注文', CASE WHEN i % 5 = 0 THEN 'NEW' ELSE 'SHIPPED' END, {at}, {at}, \
             '登録者 花子', 'user' || i || '@example.jp', 'mr' || (i % 50000), 11350, 0, 1, \
             '[[\"春の福袋\",11350,1]]', CASE WHEN i % 100 = 0 THEN {id} END",
            id = self.uuid(),
            code = self.code(),
            order_no = self.padded("'2026'", "i"),
            at = self.instant("i", count),
        );
        self.fill(&sql, count).await;
    }

    /// Runs an `INSERT … SELECT …` over the numbers 1 to `count` as `i`, then lets the database look at its tables.
    async fn fill(&self, insert_select: &str, count: u32) {
        let (insert, select) = insert_select.split_once("SELECT").unwrap();
        let numbers = match self.dialect {
            Dialect::Postgres => format!("generate_series(1, {count}) AS numbers(i)"),
            Dialect::Sqlite => format!(
                "(WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count}) \
                 SELECT i FROM numbers)"
            ),
        };
        self.db.execute_unprepared(&format!("{insert} SELECT {select} FROM {numbers}")).await.unwrap();
        self.let_the_database_look().await;
    }

    /// What PostgreSQL does by itself within a minute; SQLite looks when the server tells it to.
    pub(crate) async fn let_the_database_look(&self) {
        if matches!(self.dialect, Dialect::Postgres) {
            self.db.execute_unprepared("VACUUM ANALYZE").await.unwrap();
        }
    }

    fn uuid(&self) -> &'static str {
        match self.dialect {
            Dialect::Postgres => "gen_random_uuid()",
            Dialect::Sqlite => "randomblob(16)",
        }
    }

    /// The first IP code for every other row, the others in turn.
    fn code(&self) -> String {
        let others = self.codes.saturating_sub(1).max(1);
        let last = self.codes - 1;
        let number = format!("(CASE WHEN i % 2 = 0 OR {last} = 0 THEN 0 ELSE 1 + (i / 2) % {others} END)");
        match self.dialect {
            Dialect::Postgres => format!("'20120001' || lpad(({number})::text, 2, '0')"),
            Dialect::Sqlite => format!("'20120001' || printf('%02d', {number})"),
        }
    }

    fn padded(&self, prefix: &str, number: &str) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{prefix} || lpad(({number})::text, 8, '0')"),
            Dialect::Sqlite => format!("{prefix} || printf('%08d', {number})"),
        }
    }

    /// Instants from now backwards, evenly spread, in microseconds.
    fn instant(&self, number: &str, count: u32) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
        let step = DAYS * 86_400_000_000 / u64::from(count);
        let number = match self.dialect {
            Dialect::Postgres => format!("{number}::bigint"),
            Dialect::Sqlite => number.to_owned(),
        };
        format!("({now} - {number} * {step})")
    }
}
