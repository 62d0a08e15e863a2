//! 电子邮箱. Only what surely cannot arrive is refused.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct Email;

const EXAMPLE: &str = "name@example.cn";

fn normalise(typed: &str) -> String {
    let address: String =
        typing::code_keeping_dashes(typed).chars().map(|c| if c == '。' { '.' } else { c }).collect();
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => address,
    }
}

impl Kind for Email {
    fn codes(&self) -> &'static [&'static str] {
        &["at", "local", "domain", "long"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let address = normalise(typed);
        if address.is_empty() {
            return Reading::Empty;
        }
        let ats = address.matches('@').count();
        let Some((local, domain)) = address.split_once('@').filter(|_| ats == 1) else {
            return Reading::wrong(
                "at",
                format!("邮箱要有一个 @，现在有 {ats} 个，例如 {EXAMPLE}"),
                format!("An e-mail address has one @, this has {ats}. Example: {EXAMPLE}"),
            );
        };
        if local.is_empty() || local.starts_with('.') || local.ends_with('.') {
            return Reading::wrong(
                "local",
                format!("邮箱 @ 前面还差名字，例如 {EXAMPLE}"),
                format!("The part before the @ is incomplete. Example: {EXAMPLE}"),
            );
        }
        if !domain.contains('.')
            || domain.split('.').any(|part| part.is_empty() || part.contains([',', '/', ':']))
        {
            return Reading::wrong(
                "domain",
                format!("邮箱 @ 后面要有完整的网址，例如 {EXAMPLE}"),
                format!("The part after the @ is not a complete domain. Example: {EXAMPLE}"),
            );
        }
        let length = address.chars().count();
        if length > 254 {
            return Reading::wrong(
                "long",
                format!("邮箱现在 {length} 个字符，最多 254 个。请看看是不是多粘贴了内容"),
                format!("The address has {length} characters, at most 254 fit. Was too much pasted?"),
            );
        }
        Reading::right(address)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        let (local, domain) = value.split_once('@').unwrap_or((value, ""));
        Text::same(format!("{}@{domain}", typing::starred(local, 1, 0)))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        EXAMPLE.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{shown, value};
    use crate::FieldKind::Email;

    #[test]
    fn normalised_and_judged() {
        assert_eq!(value(Email, " Zhang-San＠Example。CN ").as_deref(), Ok("Zhang-San@example.cn"));
        assert_eq!(value(Email, "zhang.example.cn"), Err("at"));
        assert_eq!(value(Email, "a@b@c.cn"), Err("at"));
        assert_eq!(value(Email, "@example.cn"), Err("local"));
        assert_eq!(value(Email, "zhang@example"), Err("domain"));
        assert_eq!(value(Email, &format!("{}@example.cn", "a".repeat(300))), Err("long"));
    }

    #[test]
    fn masked_before_the_at() {
        assert_eq!(shown(Email, "zhang@example.cn").1, "z****@example.cn");
    }
}
