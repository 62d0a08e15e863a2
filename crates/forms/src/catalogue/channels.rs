//! The official ways outside this program: sites, apps, mini programs and hotlines. What may be opened in the
//! browser stands here and nowhere else.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Catalogue, Complaints, TomlFile};
use crate::Text;

/// An official channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Channel {
    /// `nhsa_app`.
    pub id: String,
    /// 国家医保服务平台.
    pub name: Text,
    /// What it is.
    pub kind: ChannelKind,
    /// What one can do there, and how to get there.
    pub about: Text,
    /// Opened in the system browser.
    #[serde(default)]
    pub url: Option<String>,
    /// To be called.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where it serves only one division: six digits.
    #[serde(default)]
    pub region: Option<String>,
    /// Where this was found.
    pub source: Text,
}

/// What sort of way it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// 网站.
    Website,
    /// 手机应用.
    App,
    /// 小程序.
    MiniProgram,
    /// 热线.
    Hotline,
}

/// A file of `channels/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelFile {
    channels: Vec<Channel>,
}

pub(super) fn read(
    files: Vec<(TomlFile, ChannelFile)>,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) -> Vec<Channel> {
    let mut ids = BTreeSet::new();
    let mut all = vec![];
    for (file, ChannelFile { channels }) in files {
        for channel in channels {
            let twice = !ids.insert(channel.id.clone());
            for (problem, remedy) in mistakes(&channel, twice, catalogue) {
                complaints.about(&file, &format!("channels.{}", channel.id), problem, remedy);
            }
            all.push(channel);
        }
    }
    all
}

fn mistakes(channel: &Channel, twice: bool, catalogue: &Catalogue) -> Vec<(Text, Text)> {
    let Channel { id, kind, url, phone, region, .. } = channel;
    let mut told = vec![];
    let mut tell = |wrong: bool, problem: (&str, &str), remedy: (&str, &str)| {
        if wrong {
            told.push((Text::new(problem.0, problem.1), Text::new(remedy.0, remedy.1)));
        }
    };
    tell(
        twice,
        (&format!("编号“{id}”用了两次"), &format!("the id “{id}” is used twice")),
        ("请换一个编号", "choose another id"),
    );
    tell(
        url.as_deref().is_some_and(|url| !is_web_address(url)),
        (
            "网址要以 https:// 开头，后面是域名，中间没有空格",
            "the address is not https:// and a host, without blanks",
        ),
        (
            "请写完整网址，例如 https://fuwu.nhsa.gov.cn/",
            "write the whole address, for example https://fuwu.nhsa.gov.cn/",
        ),
    );
    tell(
        phone.as_deref().is_some_and(|phone| !is_phone(phone)),
        ("电话只能有数字和短横", "a telephone number has only digits and dashes"),
        (
            "请写号码本身，例如 12393 或 020-12345678",
            "write the bare number, for example 12393 or 020-12345678",
        ),
    );
    let (without, zh, en) = match kind {
        ChannelKind::Hotline => (phone.is_none(), "热线没有写 phone", "a hotline has no phone"),
        ChannelKind::Website => (url.is_none(), "网站没有写 url", "a website has no url"),
        ChannelKind::App | ChannelKind::MiniProgram => (false, "", ""),
    };
    tell(without, (zh, en), ("请补上", "add it"));
    tell(
        region.as_deref().is_some_and(|region| catalogue.region_path(region).is_none()),
        ("区划表里没有这个 region", "there is no such region"),
        (
            "请写 6 位区划代码，全国通用的不写 region",
            "write the six digits of a division; leave region out for all of them",
        ),
    );
    told
}

fn is_web_address(url: &str) -> bool {
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or("");
    host.contains('.')
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && url.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_phone(phone: &str) -> bool {
    phone.bytes().any(|byte| byte.is_ascii_digit())
        && phone.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}
