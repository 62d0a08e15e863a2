//! The lists that must name every command and no other: the handler, `build.rs`, the capabilities.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

use syn::{Expr, Item, Lit};

use super::COMMANDS;

/// The handler, `build.rs` and the capabilities together name exactly the commands of the files.
pub(super) fn check_lists(root: &Path, commands: &BTreeSet<String>) -> Result<()> {
    let handler = fs::read_to_string(root.join(COMMANDS).join("mod.rs"))?;
    agree("the handler in commands/mod.rs", &handled(&handler)?, commands)?;
    let build = fs::read_to_string(root.join("src-tauri/build.rs"))?;
    agree("src-tauri/build.rs", &listed(&build)?, commands)?;
    agree("src-tauri/capabilities", &granted(&root.join("src-tauri/capabilities"))?, commands)
}

fn agree(what: &str, found: &BTreeSet<String>, commands: &BTreeSet<String>) -> Result<()> {
    let missing: Vec<&str> = commands.difference(found).map(String::as_str).collect();
    let unknown: Vec<&str> = found.difference(commands).map(String::as_str).collect();
    ensure!(
        missing.is_empty() && unknown.is_empty(),
        "{what} and the command files disagree: missing [{}], unknown [{}]",
        missing.join(", "),
        unknown.join(", ")
    );
    Ok(())
}

/// The last names of the paths inside `generate_handler![…]`.
fn handled(source: &str) -> Result<BTreeSet<String>> {
    let (_, list) = source.split_once("generate_handler![").context("there is no generate_handler![…]")?;
    let (list, _) = list.split_once(']').context("generate_handler![…] does not end")?;
    Ok(list
        .split(',')
        .filter_map(|path| path.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}

/// The strings of `const COMMANDS`.
fn listed(source: &str) -> Result<BTreeSet<String>> {
    let file = syn::parse_file(source)?;
    let list = file.items.iter().find_map(|item| match item {
        Item::Const(constant) if constant.ident == "COMMANDS" => Some(&*constant.expr),
        _ => None,
    });
    let Some(Expr::Reference(reference)) = list else { bail!("there is no const COMMANDS: &[&str]") };
    let Expr::Array(array) = &*reference.expr else { bail!("const COMMANDS is no array") };
    Ok(array
        .elems
        .iter()
        .filter_map(|element| match element {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(name) => Some(name.value()),
                _ => None,
            },
            _ => None,
        })
        .collect())
}

/// Our commands among the permissions of all capability files.
fn granted(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let capability: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| format!("{} is no JSON", path.display()))?;
        let permissions =
            capability["permissions"].as_array().context("a capability lists its permissions")?;
        for permission in permissions.iter().filter_map(serde_json::Value::as_str) {
            if let Some(command) = permission.strip_prefix("allow-") {
                names.insert(command.replace('-', "_"));
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_permission_is_named() {
        let commands = BTreeSet::from(["get_it".to_owned(), "set_it".to_owned()]);
        let error =
            agree("capabilities", &BTreeSet::from(["get_it".to_owned()]), &commands).expect_err("differs");
        assert!(error.to_string().contains("missing [set_it]"), "{error}");
    }
}
