//! Questions without an application: which insurance fits, and where an official channel is found. Nothing of them
//! is kept.

use forms::{Advice, Answers};

use crate::{Desk, Explained};

impl Desk {
    /// What the answers to the adviser's questions come to today.
    #[must_use]
    pub fn advise(&self, answers: &Answers) -> Advice {
        self.catalogue().advise(answers, self.0.clock.today())
    }

    /// The address of a channel of the directory. Nothing else is ever opened from the window.
    ///
    /// # Errors
    /// `channel_unknown`, where the directory has no such channel or it has no page.
    pub fn channel_address(&self, channel: &str) -> Result<String, Explained> {
        let catalogue = self.catalogue();
        let known = catalogue.channels().iter().find(|known| known.id == channel);
        known.and_then(|known| known.url.clone()).filter(|url| url.starts_with("https://")).ok_or_else(|| {
            Explained::new(
                "channel_unknown",
                "这个渠道没有可以打开的网页。",
                "There is no page to open for this channel.",
            )
            .hint("请按它的说明办，或拨打 12393。", "Please follow its description, or call 12393.")
        })
    }
}
