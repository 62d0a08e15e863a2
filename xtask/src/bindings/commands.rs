//! The commands of the window as the command files hold them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use syn::{Attribute, Expr, FnArg, Item, ItemFn, Lit, Meta, Pat, ReturnType, Type};

use super::{
    COMMANDS,
    typescript::{TypeScript, camel_case, generic_types, last_segment, type_script},
};

pub(super) struct CommandFile {
    pub(super) use_case: String,
    pub(super) doc: Vec<String>,
    pub(super) commands: Vec<WindowCommand>,
}

pub(super) struct WindowCommand {
    pub(super) name: String,
    pub(super) doc: Vec<String>,
    pub(super) arguments: Vec<(String, TypeScript)>,
    pub(super) answer: TypeScript,
}

pub(super) fn command_files(root: &Path) -> Result<Vec<CommandFile>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root.join(COMMANDS))
        .with_context(|| format!("{COMMANDS} cannot be read"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| {
        path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("mod.rs")
    });
    paths.sort();
    paths.iter().map(|path| command_file(path)).collect()
}

fn command_file(path: &Path) -> Result<CommandFile> {
    let source = fs::read_to_string(path)?;
    let file = syn::parse_file(&source).with_context(|| format!("{} does not parse", path.display()))?;
    let commands = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Fn(function) if is_command(&function.attrs) => Some(function),
            _ => None,
        })
        .map(|function| {
            window_command(function).with_context(|| format!("{}: {}", path.display(), function.sig.ident))
        })
        .collect::<Result<_>>()?;
    let use_case = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(CommandFile { use_case, doc: doc(&file.attrs), commands })
}

fn is_command(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path: Vec<String> = attribute.path().segments.iter().map(|s| s.ident.to_string()).collect();
        path == ["tauri", "command"]
    })
}

pub(super) fn window_command(function: &ItemFn) -> Result<WindowCommand> {
    let mut arguments = Vec::new();
    for input in &function.sig.inputs {
        let FnArg::Typed(argument) = input else { bail!("a command has no self") };
        if is_handed_in_by_tauri(&argument.ty) {
            continue;
        }
        let Pat::Ident(name) = &*argument.pat else { bail!("an argument of a command has a plain name") };
        arguments.push((camel_case(&name.ident.to_string()), type_script(&argument.ty)?));
    }
    let answer = match &function.sig.output {
        ReturnType::Default => TypeScript::plain("void"),
        ReturnType::Type(_, answer) => type_script(ok_type(answer)?)?,
    };
    Ok(WindowCommand { name: function.sig.ident.to_string(), doc: doc(&function.attrs), arguments, answer })
}

/// State, windows and handles never cross the door.
fn is_handed_in_by_tauri(argument: &Type) -> bool {
    last_segment(argument).is_some_and(|segment| {
        ["State", "AppHandle", "Window", "WebviewWindow", "Webview"]
            .contains(&segment.ident.to_string().as_str())
    })
}

/// `T` of `Result<T, Explained>`; a command that fails otherwise is refused.
fn ok_type(answer: &Type) -> Result<&Type> {
    let Some(segment) = last_segment(answer).filter(|segment| segment.ident == "Result") else {
        return Ok(answer);
    };
    let types = generic_types(segment);
    let [ok, error] = types[..] else { bail!("a command answers Result<T, Explained>") };
    ensure!(
        last_segment(error).is_some_and(|segment| segment.ident == "Explained"),
        "a command fails with Explained and nothing else"
    );
    Ok(ok)
}

fn doc(attributes: &[Attribute]) -> Vec<String> {
    attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value().trim().to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(source: &str) -> Result<WindowCommand> {
        window_command(&syn::parse_str(source).expect("parses"))
    }

    #[test]
    fn a_command_that_fails_with_a_string_is_refused() {
        assert!(parsed("#[tauri::command]\nfn get_it() -> Result<u32, String> {}").is_err());
    }
}
