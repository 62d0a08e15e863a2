//! The clocks of desk and office jump by a day, forth and back, while answers get lost.

use anyhow::Result;

use super::{
    Row,
    ground::{Shifted, arrived},
    network::Ground,
};

pub(super) async fn run(rounds: u32) -> Result<Row> {
    let mut row = Row::new("clocks of desk and office ± 1 day");
    let (desk, office) = (Shifted::default(), Shifted::default());
    let ground = Ground::with_clocks(desk.clone(), office.clone()).await?;
    for _ in 0..rounds {
        for (of_desk, of_office) in [(24, 0), (-24, 0), (0, 24), (0, -24), (24, -24), (-24, 24), (0, 0)] {
            ground.lose_answers();
            let id = ground.hand_in().await?;
            // It is on its way when they jump.
            desk.by_hours(of_desk);
            office.by_hours(of_office);
            arrived(&ground.desk, id).await?;
            row.rounds += 1;
            row.acked += 1;
        }
    }
    ground.close(&mut row).await?;
    Ok(row)
}
