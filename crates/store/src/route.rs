//! Routes.

use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::id::RouteId;
use domain::policy::Permit;
use domain::route::{AuthKind, BackendUrl, ListedRoute, Route, RouteName, RoutePath, Tags};
use domain::text::Description;
use domain::token::Scopes;

struct Row {
    id: uuid::Uuid,
    name: Option<String>,
    description: String,
    path: String,
    backend_url: String,
    tags: Vec<String>,
    scopes: Option<Vec<String>>,
    auth_kind: String,
    auth_header: Option<String>,
    has_secret: bool,
    deliver: bool,
    version: i64,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl Row {
    /// The route; `None` when the row breaks a rule, because somebody wrote it past the domain. A scope that was left out would let in more than was
    /// asked for, so that the whole route is.
    fn judged(self) -> Option<ListedRoute> {
        let id = RouteId::from(self.id);
        let scopes = self.scopes.map(|scopes| Scopes::parse(texts(&scopes))).transpose();
        let auth = AuthKind::parse(&self.auth_kind, self.auth_header.as_deref());
        let route = Route {
            path: RoutePath::parse(&self.path).ok()?,
            backend: BackendUrl::parse(&self.backend_url).ok()?,
            tags: Tags::parse(texts(&self.tags)).ok()?,
            scopes: scopes.ok()?,
            auth: auth.ok()?.named(id),
        };
        Some(ListedRoute {
            id,
            name: self.name.map(RouteName::stored),
            description: Description::stored(self.description),
            route,
            has_secret: self.has_secret,
            deliver: self.deliver,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

fn texts(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str)
}

/// A secret of a route, as it is kept.
pub struct SealedSecret {
    /// The route's id.
    pub route: RouteId,
    /// What it is for.
    pub auth: AuthKind,
    /// Sealed.
    pub sealed: String,
}

impl Store {
    /// The routes, by path. They are few.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_routes(&self, _permit: &Permit) -> Result<Vec<ListedRoute>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, name, description, path, backend_url, tags, scopes, auth_kind, auth_header,
                      secret_sealed IS NOT NULL AS "has_secret!", deliver, version, created_at, updated_at
               FROM routes ORDER BY path COLLATE "C""#
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().filter_map(Row::judged).collect())
    }

    /// The oldest and the newest secret, whether delivered or not. None of it is opened.
    ///
    /// # Errors
    /// As every read.
    pub async fn sealed_route_samples(&self) -> Result<Vec<(RouteId, String)>> {
        let rows = sqlx::query!(
            r#"(SELECT id AS "id!", secret_sealed AS "sealed!" FROM routes WHERE secret_sealed IS NOT NULL ORDER BY id LIMIT 1)
               UNION
               (SELECT id, secret_sealed FROM routes WHERE secret_sealed IS NOT NULL ORDER BY id DESC LIMIT 1)"#
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(|row| (row.id.into(), row.sealed)).collect())
    }

    /// The secrets that are delivered, by route.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_delivered_secrets(&self, _permit: &Permit) -> Result<Vec<SealedSecret>> {
        let rows = sqlx::query!(
            r#"SELECT id, auth_kind, auth_header, secret_sealed AS "sealed!"
               FROM routes WHERE deliver AND secret_sealed IS NOT NULL ORDER BY id"#
        )
        .fetch_all(self.pool())
        .await?;
        let judged = rows.into_iter().filter_map(|row| {
            let auth = AuthKind::parse(&row.auth_kind, row.auth_header.as_deref()).ok()?;
            Some(SealedSecret { route: row.id.into(), auth, sealed: row.sealed })
        });
        Ok(judged.collect())
    }
}

impl Tx {
    /// The paths of all routes.
    ///
    /// # Errors
    /// As every statement.
    pub async fn list_route_paths(&mut self) -> Result<Vec<RoutePath>> {
        let paths =
            sqlx::query_scalar!("SELECT path FROM routes").fetch_all(self.connection()).await?;
        Ok(paths.iter().filter_map(|path| RoutePath::parse(path).ok()).collect())
    }

    /// Adds a route, with its secret as it is kept.
    ///
    /// # Errors
    /// The constraint `routes_path_key` when another has the path; else as every statement.
    pub async fn insert_route(&mut self, route: &ListedRoute, sealed: Option<&str>) -> Result<()> {
        let auth = route.route.auth.kind();
        let scopes = route.route.scopes.as_ref().map(Scopes::to_strings);
        sqlx::query!(
            "INSERT INTO routes (id, name, description, path, backend_url, tags, scopes, auth_kind, auth_header, secret_sealed, deliver,
                                 version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            route.id.uuid(),
            route.name.as_ref().map(RouteName::as_str),
            route.description.as_str(),
            route.route.path.as_str(),
            route.route.backend.as_str(),
            &route.route.tags.to_strings(),
            scopes.as_deref(),
            auth.as_str(),
            auth.header().map(|header| header.as_str()),
            sealed,
            route.deliver,
            route.version,
            route.created_at,
            route.updated_at,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The route of this id, locked until the transaction ends, and its secret as it is kept.
    ///
    /// # Errors
    /// As every statement.
    pub async fn lock_route(
        &mut self,
        id: RouteId,
    ) -> Result<Option<(ListedRoute, Option<String>)>> {
        let sealed = sqlx::query_scalar!(
            "SELECT secret_sealed FROM routes WHERE id = $1 FOR UPDATE",
            id.uuid()
        )
        .fetch_optional(self.connection())
        .await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, name, description, path, backend_url, tags, scopes, auth_kind, auth_header,
                      secret_sealed IS NOT NULL AS "has_secret!", deliver, version, created_at, updated_at
               FROM routes WHERE id = $1"#,
            id.uuid()
        )
        .fetch_one(self.connection())
        .await?;
        Ok(row.judged().map(|route| (route, sealed)))
    }

    /// Writes a route anew, with its secret as it is kept.
    ///
    /// # Errors
    /// The constraint `routes_path_key` when another has the path; else as every statement.
    pub async fn update_route(&mut self, route: &ListedRoute, sealed: Option<&str>) -> Result<()> {
        let auth = route.route.auth.kind();
        let scopes = route.route.scopes.as_ref().map(Scopes::to_strings);
        sqlx::query!(
            "UPDATE routes
             SET name = $2, description = $3, path = $4, backend_url = $5, tags = $6, scopes = $7, auth_kind = $8, auth_header = $9,
                 secret_sealed = $10, deliver = $11, version = $12, updated_at = $13
             WHERE id = $1",
            route.id.uuid(),
            route.name.as_ref().map(RouteName::as_str),
            route.description.as_str(),
            route.route.path.as_str(),
            route.route.backend.as_str(),
            &route.route.tags.to_strings(),
            scopes.as_deref(),
            auth.as_str(),
            auth.header().map(|header| header.as_str()),
            sealed,
            route.deliver,
            route.version,
            route.updated_at,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Deletes a route, and its secret with it.
    ///
    /// # Errors
    /// As every statement.
    pub async fn delete_route(&mut self, id: RouteId) -> Result<()> {
        sqlx::query!("DELETE FROM routes WHERE id = $1", id.uuid())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
