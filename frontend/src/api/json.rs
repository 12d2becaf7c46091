//! JSON as the app meets it in answers, messages and its own storage: parsed by the browser, walked by the app.
//! Whole numbers only: the contract has no others, and the tables for fractions would weigh more than a page does.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Whole(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// What stands under a name; `Null` where nothing does.
    pub(crate) fn get(&self, name: &str) -> &Self {
        match self {
            Self::Object(fields) => {
                fields.iter().find(|(other, _)| other == name).map_or(&Self::Null, |(_, value)| value)
            }
            Self::Null | Self::Bool(_) | Self::Whole(_) | Self::Text(_) | Self::List(_) => &Self::Null,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Whole(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Null | Self::Bool(_) | Self::Whole(_) | Self::Text(_) | Self::Object(_) => &[],
        }
    }
}

/// Reads a text; `Null` for what is no JSON.
#[cfg(not(test))]
pub(crate) fn read(text: &str) -> Json {
    js_sys::JSON::parse(text).map_or(Json::Null, |value| from_browser(&value))
}

#[cfg(not(test))]
fn from_browser(value: &wasm_bindgen::JsValue) -> Json {
    if let Some(text) = value.as_string() {
        return Json::Text(text);
    }
    if let Some(number) = value.as_f64() {
        return Json::Whole(whole(number));
    }
    if let Some(value) = value.as_bool() {
        return Json::Bool(value);
    }
    if js_sys::Array::is_array(value) {
        return Json::List(js_sys::Array::from(value).iter().map(|item| from_browser(&item)).collect());
    }
    let Some(object) = wasm_bindgen::JsCast::dyn_ref::<js_sys::Object>(value) else {
        return Json::Null;
    };
    let fields = js_sys::Object::entries(object);
    Json::Object(fields.iter().map(|field| named(&js_sys::Array::from(&field))).collect())
}

#[cfg(not(test))]
fn named(field: &js_sys::Array) -> (String, Json) {
    (field.get(0).as_string().unwrap_or_default(), from_browser(&field.get(1)))
}

#[cfg(not(test))]
#[expect(clippy::as_conversions, reason = "a number of JavaScript is exact below 2^53, and saturates beyond")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// Native tests have no browser to ask.
#[cfg(test)]
pub(crate) fn read(text: &str) -> Json {
    fn from_value(value: serde_json::Value) -> Json {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(value) => Json::Bool(value),
            serde_json::Value::Number(number) => Json::Whole(number.as_i64().unwrap()),
            serde_json::Value::String(text) => Json::Text(text),
            serde_json::Value::Array(items) => Json::List(items.into_iter().map(from_value).collect()),
            serde_json::Value::Object(fields) => {
                Json::Object(fields.into_iter().map(|(name, value)| (name, from_value(value))).collect())
            }
        }
    }
    serde_json::from_str(text).map_or(Json::Null, from_value)
}
