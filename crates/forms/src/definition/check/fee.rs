//! Tariff and window exist, and every category has its rate.

use super::Check;
use crate::{Text, catalogue::Complaint};

impl Check<'_> {
    pub(super) fn fee(&mut self) {
        let Self { catalogue, definition, .. } = *self;
        let Some(fee) = &definition.fee else { return };
        let exist = catalogue.tariffs(&fee.tariff).next().is_some() && catalogue.has_window(&fee.window);
        let category = definition.fields.iter().find(|field| field.view.id == fee.category);
        let Some(category) = category.filter(|_| exist) else {
            self.complain(
                "fee",
                "缴费标准、参保期或人员类别栏目不存在",
                "the tariff, the window or the category field does not exist",
                (
                    "tariff 要在 tariffs/ 里，window 要在 windows/ 里，category 要是一个栏目",
                    "tariff stands in tariffs/, window in windows/, category is a field",
                ),
            );
            return;
        };
        let tariffs = catalogue.tariffs(&fee.tariff);
        for (tariff, year) in tariffs.flat_map(|tariff| tariff.years.iter().map(move |year| (tariff, year))) {
            for choice in &category.view.choices {
                let rates = year.rates.iter().filter(|rate| rate.categories.contains(&choice.value)).count();
                if rates != 1 {
                    self.complaints.add(Complaint {
                        file: tariff.file.clone(),
                        line: None,
                        place: format!("years.{}.rates", year.year),
                        problem: Text::new(
                            format!("{} 年标准里，类别 {} 出现了 {rates} 次", year.year, choice.value),
                            format!("in {} the category {} stands {rates} times", year.year, choice.value),
                        ),
                        remedy: Text::new(
                            "每个类别在每一年只属于一档",
                            "each category belongs to one rate of each year",
                        ),
                    });
                }
            }
        }
    }
}
