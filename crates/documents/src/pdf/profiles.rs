//! The profiles of a document's colour spaces: read once, however many pictures name them.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
};

use lopdf::{Document, Object, ObjectId};

use crate::colour::{Conversion, Space};

/// Bytes of one profile; those of presses have up to 2.7 million.
const MOST: usize = 2_900_000;
/// Bytes of all profiles of a document together: files have one or two.
const MOST_TOGETHER: usize = 12_000_000;

/// A profile that changes something: one that says sRGB, or cannot be read, is none.
pub(super) type Profile = Arc<[u8]>;

/// Those that were read.
#[derive(Default)]
pub(super) struct Profiles {
    read: RefCell<HashMap<ObjectId, Option<Profile>>>,
    bytes: Cell<usize>,
}

impl Profiles {
    /// The profile that stands in this stream, for pixels of this kind. One that is too large, or one too many, does not
    /// count.
    pub(super) fn get(&self, stream: &Object, document: &Document, space: Space) -> Option<Profile> {
        let (id, stream) = document.dereference(stream).ok()?;
        let id = id?;
        if let Some(known) = self.read.borrow().get(&id) {
            return known.clone();
        }
        let left = MOST_TOGETHER.saturating_sub(self.bytes.get()).min(MOST);
        let bytes = stream.as_stream().ok().and_then(|stream| stream.get_plain_content_with_limit(left).ok());
        let counts = |icc: &Vec<u8>| icc.len() <= left && Conversion::from_profile(icc, space).is_some();
        let profile = bytes.filter(counts).map(Profile::from);
        self.bytes.set(self.bytes.get().saturating_add(profile.as_ref().map_or(0, |profile| profile.len())));
        self.read.borrow_mut().insert(id, profile.clone());
        profile
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, Object, Stream, dictionary};

    use super::{MOST, Profile, Profiles};
    use crate::colour::Space;

    #[test]
    fn a_profile_is_read_once_and_only_where_it_changes_something() {
        let mut document = Document::new();
        let mut add =
            |icc: Vec<u8>| Object::from(document.add_object(Stream::new(dictionary! { "N" => 3 }, icc)));
        let p3 = moxcms::ColorProfile::new_display_p3().encode().expect("encodes");
        let srgb = moxcms::ColorProfile::new_srgb().encode().expect("encodes");
        let padded = [p3.clone(), vec![0; MOST]].concat();
        let (wide, usual, large) = (add(p3), add(srgb), add(padded));
        let profiles = Profiles::default();
        let first = profiles.get(&wide, &document, Space::Rgb).expect("is not sRGB");
        let second = profiles.get(&wide, &document, Space::Rgb).expect("is not sRGB");
        assert!(Profile::ptr_eq(&first, &second), "shared");
        assert_eq!(profiles.get(&usual, &document, Space::Rgb), None);
        assert_eq!(profiles.get(&large, &document, Space::Rgb), None);
        assert_eq!(profiles.get(&Object::Null, &document, Space::Rgb), None);
    }
}
