//! Measures, in the real window and by the page's own clock, how long a keystroke takes until the page stands redrawn
//! with the program's judgement. The last line is JSON, for `cargo xtask bench forms`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on its streams")]

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let asked = std::env::args().skip_while(|argument| argument != "--keystrokes").nth(1);
    let keystrokes = asked.and_then(|count| count.parse().ok()).unwrap_or(120);
    let measured = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(measuring::measure(keystrokes)));
    match measured {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("measure-window: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("The window can be measured on Linux only, where its driver is.");
    std::process::ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
mod measuring {
    use std::time::Duration;

    use anyhow::{Context, Result, ensure};
    use forms::{Answer, Catalogue, Field, FieldKind, Section, ServiceDefinition};
    use serde::Deserialize;
    use serde_json::json;
    use tests::{
        browser::{Browser, eventually},
        host,
        pages::{home, notice},
        screen::{Keyring, Screen},
        window::Window,
    };

    /// No office listens here; none is needed.
    const NOWHERE: &str = "http://127.0.0.1:9";
    /// Types like this are judged letter by letter.
    const TYPED: [FieldKind; 5] =
        [FieldKind::IdNumber, FieldKind::BankCard, FieldKind::Mobile, FieldKind::PersonName, FieldKind::Text];
    /// After so many digits the field is emptied again.
    const LONGEST: usize = 18;

    /// Marks the moments of each keystroke: typed, asked, answered, redrawn, and the frame that shows it.
    const WATCH: &str = "
const measures = (window.__measures = []);
let open = null;
document.addEventListener('input', () => {
  open = { typed: performance.now() };
  measures.push(open);
}, true);
const passed = window.fetch;
window.fetch = async (...input) => {
  const mine = String(input[0]?.url ?? input[0]).includes('set_answer') ? open : null;
  if (mine) mine.asked ??= performance.now();
  const answer = await passed(...input);
  if (mine) mine.answered = performance.now();
  return answer;
};
// The mark goes in the very flush that redraws the page.
new MutationObserver(() => {
  const mine = open;
  if (!mine || mine.redrawn || document.querySelector('[data-saving]')) return;
  mine.redrawn = performance.now();
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => (mine.shown = performance.now());
    channel.port2.postMessage(null);
  });
}).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });";

    /// Milliseconds of the page's clock.
    #[derive(Debug, Clone, Copy, Deserialize)]
    struct Keystroke {
        typed: f64,
        #[serde(default)]
        asked: Option<f64>,
        #[serde(default)]
        answered: Option<f64>,
        #[serde(default)]
        redrawn: Option<f64>,
        #[serde(default)]
        shown: Option<f64>,
    }

    pub(crate) async fn measure(keystrokes: usize) -> Result<()> {
        let catalogue = Catalogue::embedded().map_err(|error| anyhow::anyhow!("{error}"))?;
        let largest =
            catalogue.services().into_iter().filter_map(|service| catalogue.service(&service.id, None));
        let definition = largest.max_by_key(|definition| size(definition)).context("no service")?;
        let screen = Screen::start(Keyring::Unlocked).await?;
        let window = Window::open(&screen, NOWHERE).await?;
        let outcome = typed_into(&window, catalogue, definition, keystrokes).await;
        let measured = window.explained(outcome).await?;
        window.close().await?;
        report(definition, &measured)
    }

    fn size(definition: &ServiceDefinition) -> usize {
        let fields = definition.view().sections.iter().flat_map(|section| &section.fields);
        fields.map(|field| 1 + field.rows.as_ref().map_or(0, |rows| rows.columns.len())).sum()
    }

    async fn typed_into(
        window: &Browser,
        catalogue: &Catalogue,
        definition: &ServiceDefinition,
        keystrokes: usize,
    ) -> Result<Vec<Keystroke>> {
        let service = definition.view();
        home::start(window, &service.title.zh, &service.id).await?;
        notice::agree(window).await?;
        let application = host::application(window).await?;
        let today = jiff::tz::offset(8).to_datetime(jiff::Timestamp::now()).date();
        let example = definition.example(catalogue, today, None);
        for (field, answer) in &example.answers.0 {
            host::answer(window, &application, field, Some(answer)).await?;
        }
        let asked = |field: &&Field| {
            let state = &example.evaluation.fields[&field.id];
            let typed = matches!(example.answers.0.get(&field.id), Some(Answer::Text(_)));
            state.relevant && !state.derived && typed && TYPED.contains(&field.kind)
        };
        let typed_in = |section: &&Section| section.fields.iter().any(|field| asked(&field));
        let sections = service.sections.iter().filter(typed_in);
        let section = sections.max_by_key(|section| section.fields.len()).context("nothing is typed here")?;
        let field = section.fields.iter().find(asked).context("nothing is typed here")?;
        println!(
            "   {} fields; typing into “{}” on the page “{}” of {}",
            size(definition),
            field.id,
            section.id,
            service.id
        );

        window.script("location.hash = '#/'").await?;
        window.ready("home").await?;
        window.script(&format!("location.hash = '#/applications/{application}/form/{}'", section.id)).await?;
        window.ready("form").await?;
        let control = window.find(&format!("field-{}", field.id)).await?;
        control.click().await?;
        window.script(WATCH).await?;
        for at in 0..keystrokes {
            if at % LONGEST == 0 {
                window.client().execute("arguments[0].select()", vec![json!(control)]).await?;
            }
            control.send_keys(&(at % 10).to_string()).await?;
            eventually("the page to be redrawn", Duration::from_secs(10), async || {
                let shown = window
                    .script(
                        "return window.__measures.at(-1)?.shown !== undefined && window.__measures.length",
                    )
                    .await?;
                Ok((shown == at + 1).then_some(()))
            })
            .await?;
        }
        Ok(serde_json::from_value(window.script("return window.__measures").await?)?)
    }

    fn report(definition: &ServiceDefinition, measured: &[Keystroke]) -> Result<()> {
        let span = |from: fn(&Keystroke) -> Option<f64>, to: fn(&Keystroke) -> Option<f64>| {
            let mut spans: Vec<f64> = measured.iter().filter_map(|key| Some(to(key)? - from(key)?)).collect();
            spans.sort_by(f64::total_cmp);
            spans
        };
        let redrawn = span(|key| Some(key.typed), |key| key.redrawn);
        let shown = span(|key| Some(key.typed), |key| key.shown);
        let waited = span(|key| Some(key.typed), |key| key.asked);
        let answered = span(|key| key.asked, |key| key.answered);
        let work = span(|key| key.asked, |key| key.redrawn);
        ensure!(!work.is_empty(), "the page never asked the program");
        let line = |spans: &[f64]| json!({ "median": at(spans, 50), "p95": at(spans, 95) });
        println!(
            "{}",
            json!({
                "service": definition.view().id,
                "fields": size(definition),
                "keystrokes": redrawn.len(),
                "redrawn": line(&redrawn),
                "shown": line(&shown),
                "waited": line(&waited),
                "answered": line(&answered),
                "work": line(&work),
            })
        );
        Ok(())
    }

    /// A percentile of sorted values, in milliseconds to the hundredth.
    fn at(sorted: &[f64], percent: usize) -> Option<f64> {
        let last = sorted.len().checked_sub(1)?;
        Some((sorted[last * percent / 100] * 100.0).round() / 100.0)
    }
}
