//! The intake office: the real server program on its embedded defaults, and a reviewer who speaks its console's API.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};
use protocol::{ApplicationId, Decision};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::{
    browser::eventually,
    process::{Kept, built, free_port, kill},
    screen::Screen,
    window::next_log,
};

/// An office at an address of its own; it opens and closes, the address and the data stay.
#[derive(Debug)]
pub struct Office {
    port: u16,
    data: PathBuf,
    logs: PathBuf,
    process: Option<Kept>,
}

impl Office {
    /// An office that is still closed.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn closed(screen: &Screen) -> Result<Self> {
        Ok(Self { port: free_port()?, data: screen.path("office"), logs: screen.path("log"), process: None })
    }

    /// Where it is found.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Opens it and waits until it answers.
    ///
    /// # Errors
    /// Where the server does not come up; tells what it said.
    pub async fn open(&mut self) -> Result<()> {
        self.open_with(&[]).await
    }

    /// The same with more arguments for the server.
    ///
    /// # Errors
    /// Where the server does not come up; tells what it said.
    pub async fn open_with(&mut self, arguments: &[&str]) -> Result<()> {
        let log = next_log(&self.logs, "server");
        let mut command = std::process::Command::new(built("yiban-server")?);
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--data-dir"])
            .arg(&self.data)
            .args(arguments)
            .env("TZ", "Asia/Shanghai");
        self.process = Some(Kept::start(&mut command, &log)?);
        let http = client()?;
        let url = format!("{}/healthz", self.url());
        eventually("the office to open", Duration::from_secs(30), async || {
            Ok(http.get(&url).send().await?.status().is_success().then_some(()))
        })
        .await
        .with_context(|| fs::read_to_string(&log).unwrap_or_default())
    }

    /// Closes it in the ordinary way.
    pub fn close(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop();
        }
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// Where it does not go away.
    pub async fn kill(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => kill(process.id()).await,
            None => Ok(()),
        }
    }

    /// Everything the server wrote to its streams, all starts together.
    #[must_use]
    pub fn said(&self) -> String {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.logs)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("server-")))
            .collect();
        files.sort();
        files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect()
    }

    /// Name and password of the reviewer that the first start made.
    ///
    /// # Errors
    /// Where the server printed none.
    pub fn reviewer_account(&self) -> Result<(String, String)> {
        let said = self.said();
        let password = said
            .lines()
            .filter(|line| line.contains("reviewer") && line.contains("password"))
            .find_map(|line| line.split_whitespace().last())
            .with_context(|| format!("no reviewer account in: {said}"))?;
        Ok(("reviewer".to_owned(), password.to_owned()))
    }

    /// A reviewer at work.
    ///
    /// # Errors
    /// Where the login is refused.
    pub async fn reviewer(&self) -> Result<Reviewer> {
        let (name, password) = self.reviewer_account()?;
        Reviewer::log_in(&self.url(), &name, &password).await
    }
}

/// A reviewer who is logged in.
#[derive(Debug)]
pub struct Reviewer {
    http: Client,
    api: String,
    cookie: String,
    token: String,
}

impl Reviewer {
    /// Logs in at the console of the office at `url`.
    ///
    /// # Errors
    /// Where the login is refused.
    pub async fn log_in(url: &str, name: &str, password: &str) -> Result<Self> {
        let http = client()?;
        let api = format!("{url}/console/api");
        let answer = http
            .post(format!("{api}/login"))
            .json(&json!({ "name": name, "password": password }))
            .send()
            .await?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok()?.split(';').next())
            .context("the login set no cookie")?
            .to_owned();
        let body: Value = succeeded(answer).await?.json().await?;
        let token = body["csrfToken"].as_str().context("the login gave no token")?.to_owned();
        Ok(Self { http, api, cookie, token })
    }

    /// What waits for the office, as far as one page holds it.
    ///
    /// # Errors
    /// Where the office refuses.
    pub async fn queue(&self) -> Result<Value> {
        let mut page = self.call(Method::GET, "queue?view=open&limit=200", None).await?;
        Ok(page["items"].take())
    }

    /// One case.
    ///
    /// # Errors
    /// Where the office refuses.
    pub async fn case(&self, application: ApplicationId) -> Result<Value> {
        self.call(Method::GET, &format!("cases/{application}"), None).await
    }

    /// Takes a case in hand: 受理中.
    ///
    /// # Errors
    /// Where the office refuses.
    pub async fn claim(&self, application: ApplicationId) -> Result<()> {
        self.call(Method::POST, &format!("cases/{application}/claim"), Some(json!({}))).await.map(drop)
    }

    /// Decides.
    ///
    /// # Errors
    /// Where the office refuses.
    pub async fn decide(&self, application: ApplicationId, decision: &Decision) -> Result<()> {
        let body = serde_json::to_value(decision)?;
        self.call(Method::POST, &format!("cases/{application}/decision"), Some(body)).await.map(drop)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self
            .http
            .request(method, format!("{}/{path}", self.api))
            .header("cookie", &self.cookie)
            .header("x-csrf-token", &self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let text = succeeded(request.send().await?).await?.text().await?;
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

async fn succeeded(answer: Response) -> Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let url = answer.url().to_string();
    bail!("{url} answered {status}: {}", answer.text().await.unwrap_or_default())
}

fn client() -> Result<Client> {
    // A second installation is no error: another test of this process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?)
}
