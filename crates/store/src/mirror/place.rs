//! Where a token is: what the database knows of it and each mirror.

use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::mirror::{Known, Place, Presence};
use domain::policy::Permit;

impl Store {
    /// Where a token is at `now`, in each mirror by name. `None` when there is no such token.
    ///
    /// Since when is told by the first good run that began after the token's last change, while that run is kept.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_token_mirrors(
        &self,
        _permit: &Permit,
        id: TokenId,
        now: OffsetDateTime,
    ) -> Result<Option<Vec<Place>>> {
        let rows = sqlx::query!(
            r#"SELECT m.name AS "name?", m.last_ok_at AS "last_ok_at?", c.at AS "changed_at?",
                      coalesce(pg_visible_in_snapshot(t.changed_xid, m.seen), false) AS "seen!",
                      t.revoked_at IS NOT NULL OR (t.disabled_at IS NOT NULL AND (t.paused_until IS NULL OR t.paused_until > $2)) AS "stopped!",
                      coalesce(t.expires_at <= $2, false) AS "expired!",
                      t.uses_count IS NOT NULL AS "counted!",
                      coalesce(m.set_aside @> jsonb_build_array(jsonb_build_object('token_id', t.id::text)), false) AS "set_aside!",
                      (SELECT min(r.ended_at) FROM mirror_runs AS r
                       WHERE r.mirror = m.name AND r.error_class IS NULL AND r.began_at >= c.at) AS done_at
               FROM tokens AS t
               LEFT JOIN mirrors AS m ON true
               LEFT JOIN LATERAL (SELECT max(at) AS at FROM audit_events
                                  WHERE subject_kind = 'token' AND subject_id = t.id::text AND touches_mirrors) AS c ON true
               WHERE t.id = $1 ORDER BY m.name"#,
            id.uuid(),
            now,
        )
        .fetch_all(self.pool())
        .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let places = rows.into_iter().filter_map(|row| {
            let presence = Presence::of(Known {
                seen: row.seen,
                stopped: row.stopped,
                expired: row.expired,
                counted: row.counted,
                set_aside: row.set_aside,
            });
            let since = match presence {
                Presence::Coming | Presence::MayAccept => row.changed_at,
                Presence::Holds | Presence::Absent if row.seen => row.done_at,
                Presence::Holds | Presence::Absent | Presence::SetAside => None,
            };
            Some(Place { mirror: row.name?, presence, since, confirmed_at: row.last_ok_at })
        });
        Ok(Some(places.collect()))
    }
}
