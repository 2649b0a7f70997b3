//! Instants as texts. What is read is in UTC, in a year that can be written again.

use domain::OffsetDateTime;
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// RFC 3339 with `Z`.
pub fn zoned(at: OffsetDateTime) -> String {
    let utc = at.to_offset(UtcOffset::UTC);
    utc.format(&Rfc3339).expect("the table keeps only years that RFC 3339 can write")
}

/// As Python's `isoformat` writes a time of UTC without a zone, with its microseconds.
pub fn naive(at: OffsetDateTime) -> String {
    let utc = at.to_offset(UtcOffset::UTC);
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]");
    utc.format(&form).expect("the parts of a time")
}

/// Reads RFC 3339, or the same without a zone, which is UTC.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()?;
    // An offset may lead out of the years that there are.
    let utc = at.checked_to_offset(UtcOffset::UTC)?;
    (0..=9999).contains(&utc.year()).then_some(utc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn both_forms_read_back() {
        let at = datetime!(2026-11-22 10:00:00.250_001 UTC);
        assert_eq!(zoned(at), "2026-11-22T10:00:00.250001Z");
        assert_eq!(naive(at), "2026-11-22T10:00:00.250001");
        assert_eq!(naive(datetime!(2026-11-22 12:00 +2)), "2026-11-22T10:00:00.000000");
        assert_eq!(parse(&zoned(at)), Some(at));
        assert_eq!(parse(&naive(at)), Some(at));
        assert_eq!(parse("2026-11-22T10:00:00"), Some(datetime!(2026-11-22 10:00 UTC)));
        assert_eq!(parse("2026-11-22T12:00:00+02:00"), Some(datetime!(2026-11-22 10:00 UTC)));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "now",
            "2026-11-22",
            "2026-11-31T10:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
            "2026-11-22T10:00:00ZZ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
