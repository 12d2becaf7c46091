//! What the sample abnormal orders are about: who bought what, and what went wrong. Nobody here is real.

/// Family names.
pub(super) const FAMILY_NAMES: [&str; 12] =
    ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "髙島", "吉田"];
/// Given names, in the order of [`LOGINS`].
pub(super) const GIVEN_NAMES: [&str; 10] =
    ["太郎", "花子", "健一", "美咲", "翔太", "陽菜", "大輔", "さくら", "直樹", "恵"];
/// The beginnings of their addresses.
pub(super) const LOGINS: [&str; 10] =
    ["taro", "hanako", "kenichi", "misaki", "shota", "hina", "daisuke", "sakura", "naoki", "megumi"];
/// Goods with the price of one. The first four have the totals of reference B's table.
pub(super) const GOODS: [(&str, i32); 6] = [
    ("春の福袋", 11_000),
    ("静岡煎茶 100g", 1_003),
    ("ハンドクリーム", 650),
    ("今治タオル 2枚組", 1_050),
    ("有田焼 湯呑み", 3_480),
    ("北海道チーズケーキ", 2_700),
];

/// How a sample row came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Story {
    /// Paid, the checkout is there, no order.
    #[default]
    Restorable,
    /// The same, and it was restored.
    Restored,
    /// The buyer ordered again, cash on delivery, under the same number.
    Duplicate,
    /// The cart never registered a checkout.
    NoCheckout,
    /// Less was paid than ordered.
    OtherAmount,
    /// Another payment than the cart's.
    OtherAccessId,
    /// Cancelled at the gateway.
    Cancelled,
    /// Restored, then cancelled at the gateway.
    RestoredThenCancelled,
    /// The notification has an impossible date.
    BrokenDate,
}

/// The newest six stand as in the table of reference B.
const FIRST_STORIES: [Story; 6] = [
    Story::Restorable,
    Story::Restorable,
    Story::Restorable,
    Story::Restored,
    Story::NoCheckout,
    Story::Duplicate,
];
/// The older ones, over and over.
const LATER_STORIES: [Story; 12] = [
    Story::Restored,
    Story::Restorable,
    Story::Duplicate,
    Story::Restored,
    Story::NoCheckout,
    Story::OtherAmount,
    Story::Restored,
    Story::Cancelled,
    Story::OtherAccessId,
    Story::Restored,
    Story::RestoredThenCancelled,
    Story::BrokenDate,
];

impl Story {
    /// The story of a sample, the newest first.
    pub(super) fn of(index: i64) -> Self {
        let position = usize::try_from(index).unwrap_or(0);
        FIRST_STORIES.get(position).copied().unwrap_or_else(|| pick(&LATER_STORIES, index))
    }
}

/// An entry of a list that begins anew at its end.
pub(super) fn pick<T: Copy + Default, const N: usize>(list: &[T; N], index: i64) -> T {
    let position = usize::try_from(index).unwrap_or(0).checked_rem(N).unwrap_or(0);
    list.get(position).copied().unwrap_or_default()
}
