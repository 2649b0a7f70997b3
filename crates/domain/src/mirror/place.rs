//! Where a token is: what each mirror makes of it.

use crate::OffsetDateTime;

/// A token in one mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The mirror's name.
    pub mirror: String,
    /// Whether it has the token.
    pub presence: Presence,
    /// Since when that is so; `None` where nobody wrote it down.
    pub since: Option<OffsetDateTime>,
    /// When the mirror was last found or made to be what it should be.
    pub confirmed_at: Option<OffsetDateTime>,
}

/// Whether a mirror has a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// As it was last changed.
    Holds,
    /// Its last change is on its way.
    Coming,
    /// The token was revoked or disabled, and the mirror has not confirmed that it let it go.
    MayAccept,
    /// No, and so its readers refuse the token.
    Absent,
    /// No, because its row breaks a rule.
    SetAside,
}

/// What is known of a token and a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its last change was in a good run.
    pub seen: bool,
    /// It was revoked or disabled.
    pub stopped: bool,
    /// Its time is over, so that readers refuse it by its record.
    pub expired: bool,
    /// It has a limit of uses, which is counted in one place only.
    pub counted: bool,
    /// Its row breaks a rule.
    pub set_aside: bool,
}

impl Presence {
    /// What follows from what is known.
    pub const fn of(known: Known) -> Self {
        match known {
            Known { expired: true, .. } => Self::Absent,
            Known { stopped: true, seen: false, .. } => Self::MayAccept,
            Known { stopped: true, .. } | Known { counted: true, seen: true, .. } => Self::Absent,
            Known { seen: false, .. } => Self::Coming,
            Known { set_aside: true, .. } => Self::SetAside,
            Known { .. } => Self::Holds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: Known =
        Known { seen: true, stopped: false, expired: false, counted: false, set_aside: false };
    const UNSEEN: Known = Known { seen: false, ..SEEN };

    #[test]
    fn a_mirror_has_what_it_saw_and_may_accept_what_it_did_not_see_end() {
        assert_eq!(Presence::of(SEEN), Presence::Holds);
        assert_eq!(Presence::of(UNSEEN), Presence::Coming);
        assert_eq!(Presence::of(Known { stopped: true, ..SEEN }), Presence::Absent);
        assert_eq!(Presence::of(Known { stopped: true, ..UNSEEN }), Presence::MayAccept);
        assert_eq!(Presence::of(Known { counted: true, ..SEEN }), Presence::Absent);
        assert_eq!(Presence::of(Known { counted: true, ..UNSEEN }), Presence::Coming);
        assert_eq!(Presence::of(Known { set_aside: true, ..SEEN }), Presence::SetAside);
    }

    #[test]
    fn what_has_expired_is_refused_wherever_it_still_is() {
        for known in [SEEN, UNSEEN, Known { stopped: true, ..UNSEEN }] {
            assert_eq!(Presence::of(Known { expired: true, ..known }), Presence::Absent);
        }
    }
}
