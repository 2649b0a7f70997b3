//! Somebody with a browser and a management key, who remembers every answer.

use crate::app::{Answer, Ask, TestApp};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Something that was seen: an answer, a table, the log.
pub struct Seen {
    /// What it was.
    pub name: String,
    /// What was in it.
    pub text: String,
}

/// See the module.
pub struct Visitor<'a> {
    /// Where they are.
    pub app: &'a TestApp,
    /// What they saw.
    pub seen: Vec<Seen>,
    jar: BTreeMap<String, String>,
}

impl<'a> Visitor<'a> {
    /// Somebody who has just come.
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, seen: Vec::new(), jar: BTreeMap::new() }
    }

    /// The value of the session's cookie.
    pub fn session(&self) -> String {
        self.jar["tokenkeep_session"].clone()
    }

    fn keep(&mut self, name: String, mut answer: Answer) -> Answer {
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().expect("ASCII").split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        // What the browser keeps for us is looked at by itself: the session's cookie is where the session is shown.
        let cookies =
            format!("{:?}", answer.headers.get_all("set-cookie").iter().collect::<Vec<_>>());
        self.seen.push(Seen { name: format!("cookie of {name}"), text: cookies });
        answer.headers.remove("set-cookie");
        let text = format!(
            "{} {:?}\n{}",
            answer.status,
            answer.headers,
            String::from_utf8_lossy(&answer.body)
        );
        self.seen.push(Seen { name, text });
        answer
    }

    fn browser(&self, method: Method, path: &str) -> Ask<'a> {
        let cookies: Vec<_> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.app
            .ask(method, path)
            .header("accept", "text/html")
            .header("cookie", &cookies.join("; "))
    }

    /// Opens a page.
    pub async fn page(&mut self, path: &str) -> Answer {
        self.page_named("page", path).await
    }

    /// Opens a page, remembered by that name.
    pub async fn page_named(&mut self, name: &str, path: &str) -> Answer {
        let answer = self.browser(Method::GET, path).send().await;
        self.keep(format!("{name} {path}"), answer)
    }

    /// Posts a form as a browser without JavaScript does.
    pub async fn form(&mut self, function: &str, fields: &str) -> Answer {
        let ask = self.browser(Method::POST, &format!("/fn/{function}"));
        let answer =
            ask.header("referer", "http://tokens.example.com/tokens/new").form(fields).await;
        self.keep(format!("form {function}"), answer)
    }

    /// Calls the API with the management key.
    pub async fn api(
        &mut self,
        name: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let ask = self.app.ask(method.parse().expect("a method"), path).by(&self.app.key);
        let answer = match body {
            Some(body) => ask.json(&body).await,
            None => ask.send().await,
        };
        self.keep(format!("{name} {method} {path}"), answer)
    }

    /// Asks whether a token is good, in both ways.
    pub async fn verify(&mut self, token: &str) {
        let answer =
            self.app.ask(Method::POST, "/api/verify").json(&json!({ "token": token })).await;
        self.keep("verify".to_owned(), answer);
        if !token.contains('\0') {
            let answer =
                self.app.ask(Method::GET, "/verify").header("x-api-key", token).send().await;
            self.keep("forward auth".to_owned(), answer);
        }
    }

    /// Posts a text as JSON.
    pub async fn raw(&mut self, name: &str, path: &str, body: &str) {
        let answer = self.app.post(path).raw_json(body).await;
        self.keep(name.to_owned(), answer);
    }

    /// Asks with a text after `Bearer`.
    pub async fn bearer(&mut self, name: &str, path: &str, text: &str) {
        let ask = self.app.ask(Method::GET, path).header("accept", "text/html");
        let answer = ask.header("authorization", &format!("Bearer {text}")).send().await;
        self.keep(name.to_owned(), answer);
    }
}
