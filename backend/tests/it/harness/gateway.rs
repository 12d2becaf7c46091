//! The gateway and the cart of part B: what they post, and what the lists then show.

use serde_json::{Value, json};

use super::{OWN, TestApp};

/// The grace period of every test's server, in milliseconds.
pub(crate) const GRACE_MS: i64 = 300_000;

/// The example of docs/DOMAIN.md, with other values where the test cares.
pub(crate) fn notification(changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("ShopID", "tshop00012345"),
        ("ShopPass", "**********"),
        ("AccessID", "75340a34dde2a2f3d77c70a48cd815e3"),
        ("AccessPass", "********************************"),
        ("OrderID", "2009031700002"),
        ("Status", "CAPTURE"),
        ("JobCd", "CAPTURE"),
        ("Amount", "11350"),
        ("Tax", "0"),
        ("Currency", "JPN"),
        ("Forward", "2a99662"),
        ("Method", "1"),
        ("PayTimes", ""),
        ("TranID", "0903171629111111111111871056"),
        ("Approve", "+707831"),
        ("TranDate", "20090317162958"),
        ("ErrCode", ""),
        ("ErrInfo", ""),
        ("PayType", "0"),
    ];
    for (name, value) in changes {
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The checkout that fits the example.
pub(crate) fn checkout(order_no: &str) -> Value {
    json!({
        "ipCode": OWN[0], "orderNo": order_no, "orderedAt": "2009-03-17T16:29:56+09:00",
        "customerName": "山田 太郎", "email": "Taro@example.jp", "memberId": "mr192", "total": 11350,
        "shippingFee": 350, "lines": [
            {"name": "春の福袋", "unitPrice": 5000, "quantity": 2}, {"name": "静岡煎茶", "unitPrice": 1000, "quantity": 1},
        ],
    })
}

/// The same with other values.
pub(crate) fn changed(mut element: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        element[name] = value.clone();
    }
    element
}

impl TestApp {
    /// Posts a notification and returns the answer's body; status and type are always the same.
    pub(crate) async fn notify(&self, body: impl Into<reqwest::Body>) -> String {
        let request = self
            .client()
            .post(self.url("/notify/gmopg"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        read_answer(request).await
    }

    /// The same as a GET.
    pub(crate) async fn notify_by_get(&self, query: &str) -> String {
        read_answer(self.client().get(format!("{}?{query}", self.url("/notify/gmopg")))).await
    }

    /// Posts a notification that must be taken, and lets its grace go by.
    pub(crate) async fn notify_and_wait_out(&self, changes: &[(&str, &str)]) {
        assert_eq!(self.notify(notification(changes)).await, "0");
        self.clock.advance_ms(GRACE_MS);
    }

    /// Registers checkouts with the ingest token and returns the results.
    pub(crate) async fn register_checkouts(&self, checkouts: &[Value]) -> Value {
        let query = "mutation($i:RegisterCheckoutsInput!){registerCheckouts(input:$i){
            results{checkout{orderNo total registeredAt} userErrors{field code}} userErrors{field code}}}";
        let data = self.data(Some(&self.ingest_token), query, json!({"i": {"checkouts": checkouts}})).await;
        data["registerCheckouts"].clone()
    }

    /// Registers orders with the ingest token and returns the results.
    pub(crate) async fn register_orders(&self, orders: &[Value]) -> Value {
        let query = "mutation($i:RegisterOrdersInput!){registerOrders(input:$i){
            results{order{id orderNo total} userErrors{field code}} userErrors{field code}}}";
        let data = self.data(Some(&self.ingest_token), query, json!({"i": {"orders": orders}})).await;
        data["registerOrders"].clone()
    }

    /// The abnormal orders that a filter finds, newest first.
    pub(crate) async fn abnormal_orders(&self, filter: Value) -> Vec<Value> {
        let query = "query($f:AbnormalOrderFilter!){abnormalOrders(filter:$f){nodes{
            id ipCode shopId orderNo orderType status reason cancelledAtGateway receivedAt orderedAt customerName
            memberId total shippingFee itemCount evidence{field expected actual} notification{field value}
            checkout{orderNo} order{orderNo} collidingOrder{orderNo} timeline{kind actor detail}}}}";
        let filter = changed(json!({"ipCodes": OWN}), filter);
        let data = self.data(Some(&self.read_token), query, json!({"f": filter})).await;
        data["abnormalOrders"]["nodes"].as_array().unwrap().clone()
    }

    /// The abnormal order with this number, once it is as wanted.
    pub(crate) async fn wait_for_abnormal_order(
        &self,
        order_no: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        self.wait_for(&format!("the abnormal order {order_no}"), async || {
            let rows = self.abnormal_orders(json!({"orderNo": order_no})).await;
            rows.into_iter().find(|row| row["orderNo"] == order_no && wanted(row))
        })
        .await
    }

    /// Restores a row and returns the whole answer.
    pub(crate) async fn restore(&self, token: &str, id: &Value, key: &str) -> Value {
        let query = "mutation($i:RestoreAbnormalOrderInput!){restoreAbnormalOrder(input:$i){
            abnormalOrder{id status order{id}} order{id orderNo} userErrors{field code}}}";
        self.graphql(Some(token), query, json!({"i": {"id": id, "idempotencyKey": key}})).await
    }

    /// One number out of the database, for what no interface shows.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        use sea_orm::ConnectionTrait;
        let connection = sea_orm::Database::connect(&self.database.url).await.unwrap();
        let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        let counted = row.try_get_by_index(0).unwrap();
        connection.close().await.unwrap();
        counted
    }
}

async fn read_answer(request: reqwest::RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    answer.text().await.unwrap()
}
