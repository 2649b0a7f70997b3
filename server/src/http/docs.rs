//! `GET /api/docs`: the OpenAPI document as a page, made on the server.
//!
//! It needs no script and no other origin, so that it works behind the strictest policy and in a text browser.

use super::{Web, openapi};
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use http::{HeaderValue, header};
use serde_json::Value;
use std::fmt::Write as _;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(super) fn routes() -> Router<Web> {
    let page = page(&serde_json::to_value(openapi::document()).unwrap_or_default());
    Router::new().route(
        "/api/docs",
        get(move || async move {
            ([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))], Html(page))
        }),
    )
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text with `code` in backticks.
fn prose(text: &str) -> String {
    escape(text)
        .split('`')
        .enumerate()
        .map(
            |(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() },
        )
        .collect()
}

fn page(document: &Value) -> String {
    let info = &document["info"];
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Tokenkeep API</title><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"/api-docs.css\"></head><body>\
         <header><a href=\"/\">Tokenkeep</a><h1>API</h1><p>{}</p>\
         <p>Version {} · <a href=\"/api/openapi.json\">OpenAPI document</a></p></header><main>",
        prose(text(info, "description")),
        escape(text(info, "version")),
    );
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = text(tag, "name");
        let _ = write!(
            html,
            "<section><h2>{}</h2><p>{}</p>",
            escape(name),
            prose(text(tag, "description"))
        );
        for (path, method, operation) in operations(document, name) {
            write_operation(&mut html, document, path, method, operation);
        }
        html.push_str("</section>");
    }
    html.push_str("</main></body></html>");
    html
}

fn operations<'a>(document: &'a Value, tag: &str) -> Vec<(&'a str, &'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .filter(|(.., operation)| operation["tags"][0] == tag)
        .collect()
}

fn write_operation(
    html: &mut String,
    document: &Value,
    path: &str,
    method: &str,
    operation: &Value,
) {
    let method = method.to_uppercase();
    let _ = write!(
        html,
        "<article><h3><b>{method}</b> <code>{}</code></h3><p>{}</p>",
        escape(path),
        prose(text(operation, "summary"))
    );
    if operation.get("description").is_some() {
        let _ = write!(html, "<p>{}</p>", prose(text(operation, "description")));
    }
    if let Some(parameters) = operation["parameters"].as_array() {
        html.push_str("<h4>Parameters</h4><dl>");
        for parameter in parameters {
            let place = text(parameter, "in");
            write_field(html, text(parameter, "name"), place, text(parameter, "description"));
        }
        html.push_str("</dl>");
    }
    if let Some(body) = operation.get("requestBody") {
        html.push_str("<h4>Body</h4>");
        write_schema(html, document, &body["content"]["application/json"]["schema"]);
    }
    html.push_str("<h4>Answers</h4><dl>");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        write_field(html, status, "", text(answer, "description"));
        if let Some(schema) = answer["content"].get("application/json").map(|json| &json["schema"])
        {
            html.push_str("<dd>");
            write_schema(html, document, schema);
            html.push_str("</dd>");
        }
    }
    html.push_str("</dl></article>");
}

fn write_field(html: &mut String, name: &str, kind: &str, description: &str) {
    let _ = write!(
        html,
        "<dt><code>{}</code> <small>{}</small></dt><dd>{}</dd>",
        escape(name),
        escape(kind),
        prose(description)
    );
}

/// The fields of a schema: its own, those of the schemas it is made of, and those of a page's rows.
fn write_schema(html: &mut String, document: &Value, schema: &Value) {
    let schema = resolve(document, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        write_schema(html, document, part);
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    html.push_str("<dl>");
    for (name, property) in properties {
        let must = if required.iter().any(|r| r == name) { "" } else { ", optional" };
        let kind = format!("{}{must}", kind(document, property));
        write_field(html, name, &kind, text(property, "description"));
        let rows = resolve(document, &property["items"]);
        if rows.get("properties").is_some() || rows.get("allOf").is_some() {
            html.push_str("<dd>");
            write_schema(html, document, rows);
            html.push_str("</dd>");
        }
    }
    html.push_str("</dl>");
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null)
        }
        None => schema,
    }
}

fn kind(document: &Value, property: &Value) -> String {
    let property = resolve(document, property);
    if let Some(words) = property["enum"].as_array() {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return words.join(" | ");
    }
    match &property["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => "object".to_owned(),
    }
}
