//! How a token is used: snippets to take away. They hold a placeholder and never the secret.

use crate::say;
use crate::ui::copy::Copy;
use leptos::prelude::*;

/// The block.
#[component]
pub fn Usage(
    /// Where callers ask whether a token is good.
    verify_url: String,
) -> impl IntoView {
    view! {
        <section class="usage">
            <h2>{say!(token.usage)}</h2>
            <p class="muted">{say!(token.usage_text)}</p>
            <Snippet id="snippet-curl" name="curl" text=say!(token.usage_curl) code=curl(&verify_url) open=true/>
            <Snippet id="snippet-nginx" name="nginx" text=say!(token.usage_nginx) code=nginx(&verify_url)/>
            <Snippet id="snippet-n8n" name="n8n" text=say!(token.usage_n8n) code=n8n(&verify_url)/>
        </section>
    }
}

/// One of them. They share a name, so that the browser keeps one open.
#[component]
fn Snippet(
    id: &'static str,
    name: &'static str,
    text: &'static str,
    code: String,
    #[prop(optional)] open: bool,
) -> impl IntoView {
    view! {
        <details class="panel snippet" name="usage" open=open>
            <summary>{name}</summary>
            <div class="panel-body">
                <p>{text}</p>
                <div class="snippet-code">
                    <pre tabindex="0" role="region" aria-label=name><code id=id>{code}</code></pre>
                    <Copy of=id label=say!(token.copy_snippet, name = name)/>
                </div>
            </div>
        </details>
    }
}

fn curl(url: &str) -> String {
    format!("TOKEN='…'\ncurl -i -H \"Authorization: Bearer $TOKEN\" {url}")
}

/// `ngx_http_auth_request_module`: 2xx lets the request pass, 401 and 403 stop it. The caller's headers go along by themselves.
fn nginx(url: &str) -> String {
    format!(
        "location / {{\n    auth_request /_token;\n    proxy_pass http://your-service;\n}}\n\nlocation = /_token {{\n    internal;\n    \
         proxy_pass {url};\n    proxy_pass_request_body off;\n    proxy_set_header Content-Length \"\";\n}}"
    )
}

/// A node that can be pasted into a workflow; its credential is a "Header Auth".
fn n8n(url: &str) -> String {
    format!(
        "{{\n  \"nodes\": [{{\n    \"name\": \"Check token\",\n    \"type\": \"n8n-nodes-base.httpRequest\",\n    \"typeVersion\": 4.2,\n    \
         \"position\": [0, 0],\n    \"parameters\": {{\n      \"url\": \"{url}\",\n      \"authentication\": \"genericCredentialType\",\n      \
         \"genericAuthType\": \"httpHeaderAuth\"\n    }}\n  }}],\n  \"connections\": {{}}\n}}"
    )
}
