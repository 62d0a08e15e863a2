//! The values that expressions see.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use cel::{
    Context, Env, Value,
    common::{
        types::{CelList, CelMap, CelMapKey},
        value::Val,
    },
};
use jiff::civil::Date;

use super::functions;

pub(super) fn environment() -> Arc<Env> {
    static STANDARD: OnceLock<Arc<Env>> = OnceLock::new();
    Arc::clone(STANDARD.get_or_init(|| Arc::new(Env::stdlib())))
}

/// Our functions, registered once for all evaluations.
fn with_functions() -> &'static Context<'static, 'static> {
    static FUNCTIONS: OnceLock<Context<'static, 'static>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let mut context = Context::with_env(environment());
        functions::add_to(&mut context);
        context
    })
}

/// Variables with their values; a row's stand over the service's.
pub(crate) struct Scope<'p>(Context<'p, 'static>);

impl Scope<'static> {
    /// All fields empty.
    pub(crate) fn new<'a>(today: Date, insurance_year: i16, fields: impl Iterator<Item = &'a str>) -> Self {
        let mut scope = Self(with_functions().new_inner_scope());
        fields.for_each(|field| scope.set(field, Value::Null));
        scope.set("today", today.to_string().into());
        scope.set("insurance_year", i64::from(insurance_year).into());
        scope
    }
}

impl Scope<'_> {
    pub(crate) fn set(&mut self, field: &str, value: Value) {
        self.0.add_variable_from_value(field, value);
    }

    /// The rows of a repeated group; each names the same columns.
    pub(crate) fn set_rows<'a>(&mut self, field: &str, rows: impl Iterator<Item = Vec<(&'a str, Value)>>) {
        let cell = |(column, value): (&str, Value)| {
            let value: Box<dyn Val> = value.try_into().ok()?;
            Some((CelMapKey::from(column.to_owned()), value))
        };
        let row = |cells: Vec<(&str, Value)>| {
            let cells: HashMap<_, _> = cells.into_iter().filter_map(cell).collect();
            Box::new(CelMap::from(cells)) as Box<dyn Val>
        };
        let rows: Vec<Box<dyn Val>> = rows.map(row).collect();
        self.0.add_variable_as_val(field, Box::new(CelList::from(rows)));
    }

    /// A row's own scope: its columns, all empty, over these values.
    pub(crate) fn row<'a>(&self, columns: impl Iterator<Item = &'a str>) -> Scope<'_> {
        let mut row = Scope(self.0.new_inner_scope());
        columns.for_each(|column| row.set(column, Value::Null));
        row
    }

    pub(super) fn context(&self) -> &Context<'_, 'static> {
        &self.0
    }
}
