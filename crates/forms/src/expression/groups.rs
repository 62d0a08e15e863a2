//! Repeated groups in expressions. These look at the rows where they stand: a copy for each call would cost more
//! than the form.

use cel::{
    ExecutionError, FunctionContext, Value,
    common::{
        types::{CelInt, CelList, CelString},
        value::CowVal,
    },
    extractors::IntoResolveResult,
};

type Called<'context, 'call> = Result<CowVal<'context, 'call>, ExecutionError>;

/// What takes its arguments as they stand.
pub(super) type Function = Box<
    dyn for<'context, 'call> Fn(&mut FunctionContext<'context, 'call>) -> Called<'context, 'call>
        + Send
        + Sync,
>;

fn rows<'c>(arguments: &'c [CowVal<'_, '_>]) -> Option<&'c CelList<'c>> {
    arguments.first()?.downcast_ref::<CelList<'_>>()
}

/// `count(rows)`: how many rows say anything; 0 for an empty group.
pub(super) fn count<'context, 'call>(call: &mut FunctionContext<'context, 'call>) -> Called<'context, 'call> {
    let rows = rows(&call.args).map_or(0, |rows| rows.len());
    i64::try_from(rows).map_or(Value::Null, Value::Int).into_resolve_result()
}

/// `total(rows, "amount")`: the sum of a column; `null` while no row has a value.
pub(super) fn total<'context, 'call>(call: &mut FunctionContext<'context, 'call>) -> Called<'context, 'call> {
    let sum = || {
        let column = call.args.get(1)?.downcast_ref::<CelString<'_>>()?;
        let values = rows(&call.args)?.iter().filter_map(|row| {
            let value = row.as_indexer()?.get(column).ok()?;
            value.downcast_ref::<CelInt>().map(|value| *value.inner())
        });
        values
            .fold(None, |sum: Option<Option<i64>>, value| Some(sum.unwrap_or(Some(0))?.checked_add(value)))?
    };
    sum().map_or(Value::Null, Value::Int).into_resolve_result()
}
