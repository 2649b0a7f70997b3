//! Instants in words: relative to the server's time, with the absolute on hover.

use crate::say;
use domain::OffsetDateTime;
use leptos::prelude::*;
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

/// An instant, relative to `now`: "in 12 days", "3 hours ago".
#[component]
pub fn Moment(
    /// The instant.
    at: OffsetDateTime,
    /// The server's time when it answered, so that the server and the browser write the same.
    now: OffsetDateTime,
) -> impl IntoView {
    view! { <time datetime=machine(at) title=instant(at)>{relative(at, now)}</time> }
}

/// An instant, relative to a `now` that moves on.
#[component]
pub fn LiveMoment(
    /// The instant.
    at: OffsetDateTime,
    /// The server's time when it answered last.
    now: Signal<OffsetDateTime>,
) -> impl IntoView {
    view! { <time datetime=machine(at) title=instant(at)>{move || relative(at, now.get())}</time> }
}

/// An instant as a date, with the time on hover.
#[component]
pub fn Date(
    /// The instant.
    at: OffsetDateTime,
) -> impl IntoView {
    view! { <time datetime=machine(at) title=instant(at)>{date(at)}</time> }
}

fn machine(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default()
}

/// "20 Feb 2027", in UTC.
pub fn date(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    say!(time.date, day = at.day(), month = month(at.month().into()), year = at.year())
}

/// "20 Feb 2027, 14:05 UTC".
pub fn instant(at: OffsetDateTime) -> String {
    say!(time.instant, date = date(at), clock = clock(at))
}

/// "14:05", in UTC.
pub fn clock(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn month(number: u8) -> &'static str {
    match number {
        1 => say!(time.month_1),
        2 => say!(time.month_2),
        3 => say!(time.month_3),
        4 => say!(time.month_4),
        5 => say!(time.month_5),
        6 => say!(time.month_6),
        7 => say!(time.month_7),
        8 => say!(time.month_8),
        9 => say!(time.month_9),
        10 => say!(time.month_10),
        11 => say!(time.month_11),
        _ => say!(time.month_12),
    }
}

/// A time that passed, in the largest whole unit: "4 s", "3 min", "2 h", "5 d".
pub fn lasting(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ ..60 => say!(time.seconds, count = seconds),
        seconds @ ..3600 => say!(time.minutes, count = seconds / 60),
        seconds @ ..172_800 => say!(time.hours, count = seconds / 3600),
        seconds => say!(time.days, count = seconds / 86_400),
    }
}

/// A short time: "38 ms", "1.6 s", "12 s".
pub fn took(millis: i64) -> String {
    match millis {
        ..1000 => format!("{millis} ms"),
        1000..10_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} s", millis / 1000),
    }
}

/// An instant relative to `now`, in the largest whole unit.
pub fn relative(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (at - now).whole_seconds();
    let ahead = seconds > 0;
    let minutes = seconds.unsigned_abs() / 60;
    let (hours, days) = (minutes / 60, minutes / 1440);
    match (minutes, hours, days, ahead) {
        (0, _, _, false) => say!(time.now).to_owned(),
        (0, _, _, true) => say!(time.soon).to_owned(),
        (1, 0, _, true) => say!(time.in_minute).to_owned(),
        (1, 0, _, false) => say!(time.minute_ago).to_owned(),
        (count, 0, _, true) => say!(time.in_minutes, count = count),
        (count, 0, _, false) => say!(time.minutes_ago, count = count),
        (_, 1, 0, true) => say!(time.in_hour).to_owned(),
        (_, 1, 0, false) => say!(time.hour_ago).to_owned(),
        (_, count, 0, true) => say!(time.in_hours, count = count),
        (_, count, 0, false) => say!(time.hours_ago, count = count),
        (_, _, 1, true) => say!(time.in_day).to_owned(),
        (_, _, 1, false) => say!(time.day_ago).to_owned(),
        (_, _, count @ ..61, true) => say!(time.in_days, count = count),
        (_, _, count @ ..61, false) => say!(time.days_ago, count = count),
        // Beyond two months a whole count of months of 30.44 days is near enough, and beyond two years one of years.
        (_, _, days @ ..731, true) => say!(time.in_months, count = days * 100 / 3044),
        (_, _, days @ ..731, false) => say!(time.months_ago, count = days * 100 / 3044),
        (_, _, days, true) => say!(time.in_years, count = days * 100 / 36525),
        (_, _, days, false) => say!(time.years_ago, count = days * 100 / 36525),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!([took(38), took(1600), took(12_345)], ["38 ms", "1.6 s", "12 s"]);
        let long = [4, 59, 60, 3599, 7200, 172_800].map(lasting);
        assert_eq!(long, ["4 s", "59 s", "1 min", "59 min", "2 h", "2 d"]);
        assert_eq!(lasting(-1), "0 s");
    }
}
