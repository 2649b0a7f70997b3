//! The targets of mirrors for their pages. A secret that is typed goes into `service`, and nowhere else.

use super::form::{self, settle};
use super::request::{accepts_html, refused, service_and_caller, service_and_person};
use super::session::{broken, current};
use crate::pages::mirror::target::{ChangeStart, NewStart, Typed};
use crate::{Refusal, paths};
use domain::mirror::target::{Sort, named};
use domain::mirror::{NewTarget, TargetChange, TargetKind};
use service::mirror;
use wire::mirror::MirrorDetail;
use wire::target::MirrorProbe;

/// Where the session keeps what was tried, for the page that comes next: of which form, and what came of it.
const TRIED: &str = "tried_mirror";

/// What the form for a new target begins with.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn start(kind: &str) -> Result<NewStart, Refusal> {
    let (service, caller) = service_and_caller()?;
    // Asked only to learn whether the caller may be here: the draft is not handed out to anybody else.
    mirror::list(&service, &caller).await.map_err(refused)?;
    let form = create_form(kind);
    Ok(NewStart { tried: taken(&form).await?, form: form::start(&form).await? })
}

/// What the form that changes a target begins with.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn start_change(name: &str) -> Result<ChangeStart, Refusal> {
    let (service, caller) = service_and_caller()?;
    let found = mirror::get(&service, &caller, name).await.map_err(refused)?;
    let it = MirrorDetail::of(found.mirror, found.added, found.runs, found.plan, found.lingering);
    let form = change_form(name);
    Ok(ChangeStart { tried: taken(&form).await?, form: form::start(&form).await?, mirror: it })
}

fn create_form(kind: &str) -> String {
    format!("create_mirror:{kind}")
}

fn change_form(name: &str) -> String {
    format!("change_mirror:{name}")
}

fn probe_form(name: &str) -> String {
    format!("probe_mirror:{name}")
}

/// What a draft keeps: no secret of any kind.
fn values<'a>(name: &'a str, typed: &'a Typed) -> Vec<(&'a str, &'a str)> {
    let is_secret = |field: &str| {
        let of = |kind: &TargetKind| kind.field(field).is_some_and(|it| it.sort == Sort::Secret);
        TargetKind::ALL.iter().any(of)
    };
    let plain = typed.iter().filter(|(field, _)| !is_secret(field));
    let plain = plain.map(|(field, text)| (*field, text.as_str()));
    std::iter::once(("name", name)).chain(plain).collect()
}

/// Adds a target, or tries it.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn create(
    name: &str,
    kind: &str,
    typed: Typed,
    only_try: bool,
) -> Result<Option<MirrorProbe>, Refusal> {
    let (form, page) = (create_form(kind), paths::new_mirror_of(kind));
    let values = values(name, &typed);
    if only_try {
        let tried = attempt(kind, &typed).await;
        return told(&form, &page, &values, tried).await;
    }
    let made = make(name, kind, &typed).await;
    settle(&form, &page, &values, made).await.map(|()| None)
}

fn judged(kind: TargetKind, typed: &Typed) -> Result<NewTarget, service::Error> {
    let given = typed.iter().map(|(field, text)| (*field, text.as_str()));
    Ok(NewTarget::parse(kind, given)?)
}

async fn make(name: &str, kind: &str, typed: &Typed) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let (name, kind) = named(name, kind)?;
    let page = paths::mirror(name.as_str());
    mirror::create(&service, &caller, name, judged(kind, typed)?).await?;
    Ok(page)
}

async fn attempt(kind: &str, typed: &Typed) -> Result<MirrorProbe, service::Error> {
    let (service, caller) = service_and_person()?;
    let asked = judged(TargetKind::named(kind)?, typed)?;
    Ok(mirror::probe(&service, &caller, &asked).await?.into())
}

/// Changes a target, or tries it as it would be.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn change(
    name: &str,
    version: i64,
    typed: Typed,
    only_try: bool,
) -> Result<Option<MirrorProbe>, Refusal> {
    let (form, page) = (change_form(name), paths::mirror_target(name));
    let kept: Vec<_> =
        values(name, &typed).into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let values: Vec<_> = kept.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    if only_try {
        let tried = attempt_change(name, typed).await;
        return told(&form, &page, &values, tried).await;
    }
    let written = write(name, version, typed).await;
    settle(&form, &page, &values, written).await.map(|()| None)
}

async fn write(name: &str, version: i64, typed: Typed) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let asked = TargetChange::new(Some(version), typed);
    mirror::change(&service, &caller, name, asked).await?;
    Ok(paths::mirror(name))
}

async fn attempt_change(name: &str, typed: Typed) -> Result<MirrorProbe, service::Error> {
    let (service, caller) = service_and_person()?;
    let asked = TargetChange::new(None, typed);
    Ok(mirror::probe_kept(&service, &caller, name, &asked).await?.into())
}

/// Tries a target as it is.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn probe(name: &str) -> Result<Option<MirrorProbe>, Refusal> {
    let tried = attempt_change(name, Typed::new()).await;
    told(&probe_form(name), &paths::mirror(name), &[], tried).await
}

/// What was tried last of a mirror as it is. Handed out once.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn take_probe(name: &str) -> Result<Option<MirrorProbe>, Refusal> {
    let (service, caller) = service_and_caller()?;
    mirror::list(&service, &caller).await.map_err(refused)?;
    taken(&probe_form(name)).await
}

/// Deletes a target.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn delete(name: &str, empty: bool) -> Result<(), Refusal> {
    let page = format!("{}?dialog=remove", paths::mirror(name));
    settle("delete_mirror", &page, &[], remove(name, empty).await).await
}

async fn remove(name: &str, empty: bool) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    mirror::delete(&service, &caller, name, empty).await?;
    Ok(if empty { paths::mirror(name) } else { paths::MIRRORS.to_owned() })
}

/// A script is told what came of it; for a browser without one it is kept for the page that comes next.
async fn told(
    form: &str,
    page: &str,
    values: &[(&str, &str)],
    tried: Result<MirrorProbe, service::Error>,
) -> Result<Option<MirrorProbe>, Refusal> {
    let settled = match tried {
        Ok(tried) if !accepts_html() => return Ok(Some(tried)),
        Ok(tried) => {
            current()?.insert(TRIED, (form, tried)).await.map_err(broken)?;
            form::keep(form, values).await?;
            Ok(page.to_owned())
        }
        Err(error) => Err(error),
    };
    settle(form, page, values, settled).await.map(|()| None)
}

/// What was tried by this form. Handed out once.
async fn taken(form: &str) -> Result<Option<MirrorProbe>, Refusal> {
    let session = current()?;
    // A read first: removing what is not there would still write the session.
    let kept = session.get::<(String, MirrorProbe)>(TRIED).await.map_err(broken)?;
    let Some((_, tried)) = kept.filter(|(of, _)| of == form) else { return Ok(None) };
    session.remove::<(String, MirrorProbe)>(TRIED).await.map_err(broken)?;
    Ok(Some(tried))
}
