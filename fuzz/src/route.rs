//! Routes: whichever way a backend reads a path, it reads the route that we found.

use domain::route::{Auth, BackendUrl, Route, RoutePath, Tags, find, is_readable};

/// Lines of UTF-8: the last is a request's path, those before it are the paths of routes.
pub fn check(bytes: &[u8]) {
    let lines = crate::lines(bytes);
    let Some((asked, paths)) = lines.split_last() else { return };
    let mut paths: Vec<RoutePath> = paths.iter().filter_map(|path| check_path(path)).collect();
    paths.sort();
    paths.dedup();
    let routes: Vec<Route> = paths.into_iter().map(route).collect();
    let found = find(&routes, asked).map(|route| route.path.as_str());
    if !is_readable(asked) {
        assert_eq!(found, None, "{asked:?}");
        return;
    }
    for reading in readings(asked.as_bytes()) {
        assert_eq!(plain(&routes, &reading), found, "{asked:?} as {reading:?}");
    }
    assert_eq!(find(routes.iter().rev(), asked).map(|route| route.path.as_str()), found);
    let _ = BackendUrl::parse(asked);
}

fn check_path(text: &str) -> Option<RoutePath> {
    let path = RoutePath::parse(text).ok()?;
    assert_eq!(RoutePath::parse(path.as_str()).as_ref(), Ok(&path), "{text:?} is normalised");
    assert!(is_readable(path.as_str()), "{path:?}");
    assert!(path.covers(path.as_str()) && !path.is_below(&path), "{path:?}");
    Some(path)
}

fn route(path: RoutePath) -> Route {
    Route {
        path,
        backend: BackendUrl::parse("https://a.example").expect("an address"),
        tags: Tags::default(),
        scopes: None,
        auth: Auth::None,
    }
}

/// A path as different backends may read it: decoded never, once or twice, and of each with parameters cut off, or not.
fn readings(path: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let once = decoded(path);
    let twice = decoded(&once);
    let each = [path.to_vec(), once, twice];
    each.iter().flat_map(|text| [segments(text, false), segments(text, true)]).collect()
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let escape = text.get(at + 1..at + 3).filter(|_| text[at] == b'%');
        let byte = escape.and_then(|pair| std::str::from_utf8(pair).ok());
        match byte.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(text[at]);
                at += 1;
            }
        }
    }
    out
}

/// The segments between slashes of both kinds, empty ones left out, `.` and `..` walked.
fn segments(text: &[u8], cut: bool) -> Vec<Vec<u8>> {
    let mut walked = Vec::new();
    for segment in text.split(|byte| matches!(byte, b'/' | b'\\')) {
        let end = segment.iter().position(|byte| cut && *byte == b';').unwrap_or(segment.len());
        match &segment[..end] {
            b"" | b"." => {}
            b".." => drop(walked.pop()),
            segment => walked.push(segment.to_vec()),
        }
    }
    walked
}

/// The longest of the routes' paths that these segments begin with.
fn plain<'r>(routes: &'r [Route], asked: &[Vec<u8>]) -> Option<&'r str> {
    let above = routes.iter().filter(|route| {
        let own: Vec<&str> = route.path.as_str().split('/').filter(|s| !s.is_empty()).collect();
        own.len() <= asked.len()
            && own.iter().zip(asked).all(|(own, asked)| own.as_bytes() == asked)
    });
    above.map(|route| route.path.as_str()).max_by_key(|path| path.len())
}
