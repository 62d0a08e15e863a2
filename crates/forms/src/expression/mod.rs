//! Conditions and calculations of the catalogue, in CEL (<https://cel.dev>).
//!
//! Every declared field is a variable: its normalised value, or `null` while there is none. Besides them there
//! are `today` (`YYYY-MM-DD`) and `insurance_year`. A repeated group is a list of maps, one of each row that says
//! anything; its columns see their own row besides. The functions are in [`functions`].

mod calendar;
mod functions;
mod groups;
mod patterns;
mod scope;

use cel::{
    IdedExpr, Program, Value,
    common::ast::{EntryExpr, Expr},
};

pub(crate) use functions::{OURS as FUNCTIONS, STANDARD};
pub(crate) use scope::Scope;

/// Variables that every expression may use besides the service's fields.
pub(crate) const GIVEN: [&str; 2] = ["today", "insurance_year"];

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Expression {
    source: String,
    program: Program,
    variables: Vec<String>,
}

/// Why an expression cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Not CEL.
    Syntax(String),
    /// No function of that name.
    UnknownFunction(String),
    /// `all`, `exists`, `map` and the like: what an evaluation costs would no longer be bounded by its length.
    Loop,
}

impl Expression {
    /// Compiles once, when the catalogue is read.
    pub(crate) fn compile(source: &str) -> Result<Self, Unusable> {
        let program =
            scope::environment().compile(source).map_err(|errors| Unusable::Syntax(errors.to_string()))?;
        if loops(program.expression()) {
            return Err(Unusable::Loop);
        }
        let references = program.references();
        if let Some(unknown) = references.functions().into_iter().find(|name| !functions::is_known(name)) {
            return Err(Unusable::UnknownFunction(unknown.to_owned()));
        }
        let mut variables: Vec<String> = references.variables().into_iter().map(str::to_owned).collect();
        variables.sort_unstable();
        Ok(Self { source: source.to_owned(), program, variables })
    }

    /// As written.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The variables it names.
    pub(crate) fn variables(&self) -> &[String] {
        &self.variables
    }

    /// The truth of a condition; `None` where it has none.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> Option<bool> {
        match self.evaluate(scope) {
            Ok(Value::Bool(truth)) => Some(truth),
            _ => None,
        }
    }

    /// The text of a calculation; `None` where it gives none.
    pub(crate) fn text(&self, scope: &Scope<'_>) -> Option<String> {
        match self.evaluate(scope) {
            Ok(Value::String(text)) => Some(text.to_string()),
            Ok(Value::Int(number)) => Some(number.to_string()),
            Ok(Value::Bool(truth)) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// The bare result, for checking a catalogue.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, String> {
        self.program.execute(scope.context()).map_err(|error| error.to_string())
    }
}

/// Whether a loop stands anywhere in it.
fn loops(expression: &IdedExpr) -> bool {
    let entry = |entry: &EntryExpr| match entry {
        EntryExpr::StructField(field) => loops(&field.value),
        EntryExpr::MapEntry(entry) => loops(&entry.key) || loops(&entry.value),
    };
    match &expression.expr {
        Expr::Comprehension(_) => true,
        Expr::Call(call) => call.target.as_deref().is_some_and(loops) || call.args.iter().any(loops),
        Expr::List(list) => list.elements.iter().any(loops),
        Expr::Map(map) => map.entries.iter().any(|one| entry(&one.expr)),
        Expr::Struct(built) => built.entries.iter().any(|one| entry(&one.expr)),
        Expr::Select(select) => loops(&select.operand),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => false,
    }
}
