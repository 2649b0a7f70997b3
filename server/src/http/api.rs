//! The HTTP API: one file a noun, one function a verb.

mod audit;
mod impact;
mod life;
mod mirror;
mod origin;
mod route;
mod scope;
mod state;
mod target;
mod team;
mod token;
mod usage;

use super::Web;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every documented route of the API but verification.
pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(token::create, token::list))
        .routes(routes!(token::count))
        .routes(routes!(token::find))
        .routes(routes!(token::get, life::change))
        .routes(routes!(token::reveal, token::reveal_by_get))
        .routes(routes!(token::revoke))
        .routes(routes!(life::extend))
        .routes(routes!(token::disable))
        .routes(routes!(token::enable))
        .routes(routes!(token::change_conditions))
        .routes(routes!(token::rotate))
        .routes(routes!(token::finish_rotation))
        .routes(routes!(token::receipt))
        .routes(routes!(origin::propose))
        .routes(routes!(origin::lock))
        .routes(routes!(scope::narrow))
        .routes(routes!(usage::get_of_token))
        .routes(routes!(impact::get))
        .routes(routes!(usage::get))
        .routes(routes!(usage::report))
        .routes(routes!(team::create, team::list))
        .routes(routes!(audit::list))
        .routes(routes!(route::list, route::create))
        .routes(routes!(route::get, route::change, route::delete))
        .routes(routes!(route::find))
        .routes(routes!(mirror::list, target::create))
        .routes(routes!(mirror::get, target::change, target::delete))
        .routes(routes!(target::probe))
        .routes(routes!(target::probe_kept))
        .routes(routes!(mirror::push))
        .routes(routes!(mirror::plan))
        .routes(routes!(mirror::adopt))
        .routes(routes!(mirror::delete_foreign))
        .routes(routes!(mirror::release))
        .routes(routes!(mirror::pause))
        .routes(routes!(mirror::resume))
        .routes(routes!(mirror::list_of_token))
}
