//! ODK Central's backend on a PostgreSQL of its own: what most surveys of this kind are collected with. Answers and
//! photographs go into the database, in one transaction that is flushed.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use forms::Answer;
use protocol::ContentHash;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use testkit::{handing::Papers, services::Postgres};
use uuid::Uuid;

use super::multipart::Multipart;
use crate::{
    counter::client,
    process::{Kept, free_port, output_of, wait_for_port},
};

const PATIENCE: Duration = Duration::from_secs(120);
const LOGIN: &str = "bench@example.com";
/// What its form asks for.
const FIELDS: [&str; 9] = [
    "full_name",
    "id_number",
    "ethnic_group",
    "mobile",
    "household_region",
    "residence_region",
    "address",
    "category",
    "enrolled_elsewhere",
];
/// It listens on all addresses unless it is held back.
const LOOPBACK_ONLY: &str = "const net = require('net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, then) {
  return typeof port === 'number' ? listen.call(this, port, '127.0.0.1', then) : listen.apply(this, arguments);
};
";

/// A running one with a form.
pub(super) struct Odk {
    process: Kept,
    base: String,
    http: Client,
    token: String,
    // After the server, which would complain.
    postgres: Postgres,
}

/// What was acknowledged.
pub(super) struct Submission {
    instance: String,
    hashes: Vec<ContentHash>,
}

impl Odk {
    pub(super) async fn start(checkout: &Path, node: &Path, folder: &Path, photographs: u32) -> Result<Self> {
        let postgres = Postgres::start_with(&[]).context("ODK Central needs a PostgreSQL")?;
        let socket = postgres.socket().to_string_lossy().into_owned();
        let psql = |database: &str, sql: &str| {
            let login = ["-h", &socket, "-U", "office", "-d", database, "-v", "ON_ERROR_STOP=1", "-qc", sql];
            output_of(postgres.program("psql"), &login, &[])
        };
        psql("postgres", "CREATE USER jubilant SUPERUSER PASSWORD 'jubilant'")?;
        psql("postgres", "CREATE DATABASE jubilant OWNER jubilant")?;
        for extension in ["citext", "pg_trgm", "pgrowlocks"] {
            psql("jubilant", &format!("CREATE EXTENSION {extension}"))?;
        }
        let port = free_port()?;
        let database =
            json!({ "host": socket, "user": "jubilant", "password": "jubilant", "database": "jubilant" });
        let config = json!({ "default": {
            "database": database,
            "server": { "port": port },
            "external": { "analytics": null, "mailingListOptIn": null },
        } });
        let environment = [
            ("NODE_CONFIG".to_owned(), config.to_string()),
            ("NODE_ENV".to_owned(), "production".to_owned()),
        ];
        let preload = folder.join("loopback.js");
        fs::write(&preload, LOOPBACK_ONLY)?;
        let run = |arguments: &[&str]| {
            let mut command = Command::new(node);
            command.current_dir(checkout).envs(environment.iter().cloned()).args(arguments);
            command
        };
        let finish = |arguments: &[&str], log: &str| -> Result<()> {
            let log = folder.join(log);
            let ended = Kept::start(&mut run(arguments), &log)?.child().wait()?;
            ensure!(ended.success(), "{}", fs::read_to_string(&log).unwrap_or_default());
            Ok(())
        };
        finish(&["lib/bin/run-migrations.js"], "odk-migrations.log")?;
        let password = Uuid::new_v4().to_string();
        let account = format!(
            "const {{ createUser, promoteUser }} = require('{}/lib/task/account');
             createUser('{LOGIN}', '{password}').then(() => promoteUser('{LOGIN}'))
               .then(() => process.exit(0), (error) => {{ console.error(error); process.exit(1); }});",
            checkout.display()
        );
        let script = folder.join("account.js");
        fs::write(&script, account)?;
        finish(&[&script.to_string_lossy()], "odk-account.log")?;
        let preload = preload.to_string_lossy().into_owned();
        let mut server = run(&["-r", &preload, "lib/bin/run-server.js"]);
        let process = Kept::start(&mut server, &folder.join("odk.log"))?;
        wait_for_port(port, PATIENCE).await?;
        let base = format!("http://127.0.0.1:{port}/v1");
        let http = client()?;
        let who = json!({ "email": LOGIN, "password": password });
        let session: Value = said(http.post(format!("{base}/sessions")).json(&who)).await?;
        let token = session["token"].as_str().context("a token")?.to_owned();
        let this = Self { process, base, http, token, postgres };
        this.make_form(photographs).await?;
        Ok(this)
    }

    async fn make_form(&self, photographs: u32) -> Result<()> {
        let project = self.http.post(format!("{}/projects", self.base)).bearer_auth(&self.token);
        said(project.json(&json!({ "name": "bench" }))).await?;
        let form = self.http.post(format!("{}/projects/1/forms?publish=true&ignoreWarnings=true", self.base));
        let form = form.bearer_auth(&self.token).header("Content-Type", "application/xml");
        said(form.body(definition(photographs))).await?;
        Ok(())
    }

    /// The server, and its database.
    pub(super) fn processes(&self) -> [u32; 2] {
        [self.process.id(), self.postgres.process()]
    }

    pub(super) async fn submit(&self, papers: &Papers) -> Result<Submission> {
        let instance = format!("uuid:{}", Uuid::new_v4());
        let mut body = Multipart::default();
        let xml = filled(papers, &instance);
        body.file("xml_submission_file", "submission.xml", "text/xml", xml.as_bytes());
        for (at, bytes) in papers.bytes.iter().enumerate() {
            let name = format!("{at}.jpg");
            body.file(&name, &name, "image/jpeg", bytes);
        }
        let (content_type, bytes) = body.end();
        let request = self.http.post(format!("{}/projects/1/submission", self.base)).bearer_auth(&self.token);
        let request = request.header("X-OpenRosa-Version", "1.0").header("Content-Type", content_type);
        request.body(bytes).send().await?.error_for_status()?;
        let hashes = papers.bytes.iter().map(|bytes| ContentHash::of(bytes)).collect();
        Ok(Submission { instance, hashes })
    }

    /// Compares what is there with what it acknowledged.
    pub(super) async fn compare(&self, acked: &[Submission]) -> Result<()> {
        let all = format!("{}/projects/1/forms/intake/submissions", self.base);
        let list = said(self.http.get(&all).bearer_auth(&self.token)).await?;
        let there = list.as_array().map_or(0, Vec::len);
        ensure!(there == acked.len(), "ODK Central has {there} submissions of {}", acked.len());
        for submission in acked {
            for (at, hash) in submission.hashes.iter().enumerate() {
                let file = format!("{all}/{}/attachments/{at}.jpg", submission.instance);
                let answer = self.http.get(file).bearer_auth(&self.token).send().await?.error_for_status()?;
                ensure!(
                    ContentHash::of(&answer.bytes().await?) == *hash,
                    "ODK Central gives other bytes back"
                );
            }
        }
        Ok(())
    }
}

async fn said(request: RequestBuilder) -> Result<Value> {
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    ensure!(status.is_success(), "{status}: {text}");
    Ok(serde_json::from_str(&text)?)
}

/// The form: the fields of a resident's enrolment, and photographs.
fn definition(photographs: u32) -> String {
    let photographs: Vec<String> = (0..photographs).map(|at| format!("photo{at}")).collect();
    let names = || FIELDS.into_iter().chain(photographs.iter().map(String::as_str));
    let empty: String = names().map(|name| format!("<{name}/>")).collect();
    let binds: String = names()
        .map(|name| {
            let kind = if name.starts_with("photo") { "binary" } else { "string" };
            format!("<bind nodeset=\"/data/{name}\" type=\"{kind}\"/>")
        })
        .collect();
    format!(
        "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\" \
         xmlns:orx=\"http://openrosa.org/xforms\"><h:head><h:title>intake</h:title><model><instance>\
         <data id=\"intake\" version=\"1\">{empty}<orx:meta><orx:instanceID/></orx:meta></data></instance>{binds}\
         <bind nodeset=\"/data/orx:meta/orx:instanceID\" type=\"string\" readonly=\"true()\"/></model></h:head>\
         <h:body/></h:html>"
    )
}

fn filled(papers: &Papers, instance: &str) -> String {
    let answers: String = FIELDS
        .iter()
        .map(|name| match papers.manifest.answers.0.get(*name) {
            Some(Answer::Text(text)) => format!("<{name}>{text}</{name}>"),
            _ => format!("<{name}/>"),
        })
        .collect();
    let photographs: String =
        (0..papers.bytes.len()).map(|at| format!("<photo{at}>{at}.jpg</photo{at}>")).collect();
    format!(
        "<data xmlns:orx=\"http://openrosa.org/xforms\" id=\"intake\" version=\"1\">{answers}{photographs}\
         <orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    )
}
