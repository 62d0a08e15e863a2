//! Conditions and calculations of the catalogue, in CEL (<https://cel.dev>).
//!
//! Every declared field is a variable: its normalised value, or `null` while there is none. Besides them there
//! are `today` (`YYYY-MM-DD`) and `insurance_year`. The functions are in [`functions`].

mod functions;

use std::sync::{Arc, OnceLock};

use cel::{Context, Env, Program, Value};
use jiff::civil::Date;

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
}

fn environment() -> Arc<Env> {
    static STANDARD: OnceLock<Arc<Env>> = OnceLock::new();
    Arc::clone(STANDARD.get_or_init(|| Arc::new(Env::stdlib())))
}

impl Expression {
    /// Compiles once, when the catalogue is read.
    pub(crate) fn compile(source: &str) -> Result<Self, Unusable> {
        let program = environment().compile(source).map_err(|errors| Unusable::Syntax(errors.to_string()))?;
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
    pub(crate) fn holds(&self, scope: &Scope) -> Option<bool> {
        match self.evaluate(scope) {
            Ok(Value::Bool(truth)) => Some(truth),
            _ => None,
        }
    }

    /// The text of a calculation; `None` where it gives none.
    pub(crate) fn text(&self, scope: &Scope) -> Option<String> {
        match self.evaluate(scope) {
            Ok(Value::String(text)) => Some(text.to_string()),
            Ok(Value::Int(number)) => Some(number.to_string()),
            Ok(Value::Bool(truth)) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// The bare result, for checking a catalogue.
    pub(crate) fn evaluate(&self, scope: &Scope) -> Result<Value, String> {
        self.program.execute(&scope.0).map_err(|error| error.to_string())
    }
}

/// The values that expressions see.
pub(crate) struct Scope(Context<'static, 'static>);

impl Scope {
    /// All fields empty.
    pub(crate) fn new<'a>(today: Date, insurance_year: i16, fields: impl Iterator<Item = &'a str>) -> Self {
        let mut context = Context::with_env(environment());
        functions::add_to(&mut context);
        for field in fields {
            context.add_variable_from_value(field, Value::Null);
        }
        context.add_variable_from_value("today", today.to_string());
        context.add_variable_from_value("insurance_year", i64::from(insurance_year));
        Self(context)
    }

    pub(crate) fn set(&mut self, field: &str, value: Value) {
        self.0.add_variable_from_value(field, value);
    }
}
