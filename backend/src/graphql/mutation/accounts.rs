//! Signing in and out.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::{
    app::{self, Error, accounts::OpenSession},
    auth::refresh,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        scalars::DateTime,
        types::accounts::Viewer,
    },
};

/// Login id and password.
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// The login id.
    pub login: String,
    /// The password.
    #[graphql(secret)]
    pub password: String,
}

/// A session. `accessToken`, `expiresAt` and `viewer` are null where `userErrors` is not empty. Sets the refresh
/// cookie.
#[derive(SimpleObject)]
pub(crate) struct SessionPayload {
    /// The bearer token for all requests.
    pub access_token: Option<String>,
    /// When it ends.
    pub expires_at: Option<DateTime>,
    /// Who signed in.
    pub viewer: Option<Viewer>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The end of a session.
#[derive(SimpleObject)]
pub(crate) struct SignOutPayload {
    /// What the person can mend; always empty.
    pub user_errors: Vec<UserError>,
}

/// Mutations about sessions.
#[derive(Default)]
pub(crate) struct AccountsMutation;

#[Object]
impl AccountsMutation {
    /// Signs in. Needs nothing.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> async_graphql::Result<SessionPayload> {
        let (app, asker) = (ctx.app()?, ctx.asker()?);
        let opened = app::accounts::sign_in(app, &input.login, input.password, asker.origin.clone()).await;
        answer(ctx, opened)
    }

    /// Goes on with the session of the refresh cookie, which is exchanged for the next one. Needs the cookie; an
    /// old one ends the session.
    async fn refresh_session(&self, ctx: &Context<'_>) -> async_graphql::Result<SessionPayload> {
        let (app, asker) = (ctx.app()?, ctx.asker()?);
        let opened =
            app::accounts::refresh_session(app, asker.refresh_token.as_deref(), asker.origin.clone()).await;
        if opened.is_err() {
            set_cookie(ctx, "", 0);
        }
        answer(ctx, opened)
    }

    /// Ends the session of the refresh cookie.
    async fn sign_out(&self, ctx: &Context<'_>) -> async_graphql::Result<SignOutPayload> {
        let (app, asker) = (ctx.app()?, ctx.asker()?);
        let ended = app::accounts::sign_out(app, asker.refresh_token.as_deref(), asker.origin.clone()).await;
        ended.map_err(|error| ctx.error(error))?;
        set_cookie(ctx, "", 0);
        Ok(SignOutPayload { user_errors: Vec::new() })
    }
}

fn answer(ctx: &Context<'_>, opened: Result<OpenSession, Error>) -> async_graphql::Result<SessionPayload> {
    match split_user_errors(opened, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
        Ok(session) => {
            set_cookie(ctx, &session.refresh_token, refresh::SESSION_MS / 1_000);
            Ok(SessionPayload {
                access_token: Some(session.access_token),
                expires_at: Some(DateTime(session.expires_at)),
                viewer: Some(Viewer(session.authorized.scope)),
                user_errors: Vec::new(),
            })
        }
        Err(user_errors) => {
            Ok(SessionPayload { access_token: None, expires_at: None, viewer: None, user_errors })
        }
    }
}

/// HttpOnly, for the GraphQL path and this site only; Secure wherever the public address is.
fn set_cookie(ctx: &Context<'_>, value: &str, max_age_s: i64) {
    let secure = ctx.app().is_ok_and(|app| app.config.public_url.scheme() == "https");
    let flags = if secure { "; Secure" } else { "" };
    let cookie = format!(
        "{}={value}; Path=/graphql; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{flags}",
        refresh::COOKIE
    );
    ctx.insert_http_header("set-cookie", cookie);
}
