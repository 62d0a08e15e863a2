//! Rust's types as TypeScript writes them.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use syn::{GenericArgument, PathArguments, Type};

/// A TypeScript type and the names it imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeScript {
    pub(super) text: String,
    pub(super) imports: BTreeSet<String>,
}

impl TypeScript {
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), imports: BTreeSet::new() }
    }
}

pub(super) fn last_segment(of: &Type) -> Option<&syn::PathSegment> {
    match of {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

pub(super) fn generic_types(segment: &syn::PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Vec::new() };
    arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(one) => Some(one),
            _ => None,
        })
        .collect()
}

pub(super) fn type_script(of: &Type) -> Result<TypeScript> {
    match of {
        Type::Tuple(tuple) if tuple.elems.is_empty() => return Ok(TypeScript::plain("void")),
        Type::Reference(reference) => return type_script(&reference.elem),
        _ => {}
    }
    let segment = last_segment(of).context("only named types cross the door")?;
    let parameters = generic_types(segment).into_iter().map(type_script).collect::<Result<Vec<_>>>()?;
    let name = segment.ident.to_string();
    Ok(match (name.as_str(), &parameters[..]) {
        ("String" | "str", []) => TypeScript::plain("string"),
        ("bool", []) => TypeScript::plain("boolean"),
        ("u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "usize" | "f32" | "f64", []) => {
            TypeScript::plain("number")
        }
        ("Option", [inner]) => {
            TypeScript { text: format!("{} | null", inner.text), imports: inner.imports.clone() }
        }
        ("Vec", [inner]) => {
            let text = if inner.text.contains('|') {
                format!("({})[]", inner.text)
            } else {
                format!("{}[]", inner.text)
            };
            TypeScript { text, imports: inner.imports.clone() }
        }
        (_, []) => TypeScript { text: name.clone(), imports: BTreeSet::from([name]) },
        _ => bail!("{name}<…> has no TypeScript here; give it a name of its own"),
    })
}

pub(super) fn camel_case(snake: &str) -> String {
    let mut camel = String::with_capacity(snake.len());
    let mut upper = false;
    for character in snake.chars() {
        if character == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            camel.extend(character.to_uppercase());
        } else {
            camel.push(character);
        }
    }
    camel
}
