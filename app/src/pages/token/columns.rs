//! The columns of the list that can be chosen. The choice is in the address.

/// What is shown of a token beside its name and its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
pub struct Columns {
    /// Its team.
    pub team: bool,
    /// Its scopes.
    pub scopes: bool,
    /// When it was made.
    pub created: bool,
    /// By whom.
    pub created_by: bool,
    /// When it expires.
    pub expires: bool,
    /// When it was used last.
    pub last_used: bool,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            team: true,
            scopes: true,
            created: false,
            created_by: false,
            expires: true,
            last_used: true,
        }
    }
}

impl Columns {
    /// Reads names with commas between; what is no name is no column.
    pub fn read(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::default() };
        let has = |name: &str| text.split(',').any(|it| it == name);
        Self {
            team: has("team"),
            scopes: has("scopes"),
            created: has("created"),
            created_by: has("created_by"),
            expires: has("expires"),
            last_used: has("last_used"),
        }
    }

    /// Each with its name.
    pub const fn each(self) -> [(&'static str, bool); 6] {
        [
            ("team", self.team),
            ("scopes", self.scopes),
            ("created", self.created),
            ("created_by", self.created_by),
            ("expires", self.expires),
            ("last_used", self.last_used),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_that_are_named() {
        assert_eq!(Columns::read(None), Columns::default());
        let on = |text: &str| -> Vec<&str> {
            let each = Columns::read(Some(text)).each();
            each.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
        };
        assert_eq!(on("last_used,team,colour"), ["team", "last_used"]);
        assert!(on("none").is_empty());
    }
}
