//! The widgets that several screens share. None of them asks the server for anything.
pub(crate) mod copy;
pub(crate) mod diff;
pub(crate) mod facts;
pub(crate) mod field;
pub(crate) mod frame;
pub(crate) mod load_view;
pub(crate) mod mark;
pub(crate) mod menu;
pub(crate) mod order_facts;
pub(crate) mod page;
pub(crate) mod pager;
pub(crate) mod period_field;
pub(crate) mod pop;
pub(crate) mod row_place;
pub(crate) mod rows;
pub(crate) mod top_bar;
pub(crate) mod wire;
