//! The single-page app of Todoke, compiled to WebAssembly.
//! This file only lists the rooms and mounts the app; it holds no screen and no rule.
mod api;
mod app;
mod browser;
mod components;
mod context;
mod download;
mod i18n;
mod live;
mod load;
mod model;
mod pages;
mod router;
mod session;

fn main() {
    leptos::mount::mount_to_body(app::Root);
}
