//! Pages: how many there are, and turning them.

use lopdf::{Document, Object, ObjectId};

use crate::{Limits, PageEdit, Refusal};

/// Counts the pages that are really there; a tree that promises more than it holds hides something.
pub(super) fn count(document: &Document, limits: &Limits) -> Result<u32, Refusal> {
    let max = usize::try_from(limits.max_pages).unwrap_or(usize::MAX);
    let promised = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"Pages", document))
        .and_then(Object::as_dict)
        .and_then(|pages| pages.get_deref(b"Count", document))
        .and_then(Object::as_i64)
        .ok()
        .and_then(|count| u32::try_from(count).ok());
    let found = document.page_iter().take(max.saturating_add(1)).count();
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > limits.max_pages {
        let pages = promised.unwrap_or(found).max(found);
        return Err(Refusal::TooManyPages { pages, max: limits.max_pages });
    }
    if found == 0 || promised.is_some_and(|promised| promised > found) {
        return Err(Refusal::Damaged);
    }
    Ok(found)
}

/// Turns pages clockwise, on top of what they (or the tree above them) say already.
pub(super) fn turn(document: &mut Document, edits: &[PageEdit]) -> Result<(), Refusal> {
    let pages: Vec<ObjectId> = document.page_iter().collect();
    for edit in edits {
        let Some(id) = usize::try_from(edit.page).ok().and_then(|page| pages.get(page)).copied() else {
            continue;
        };
        let before = inherited_rotation(document, id);
        let after = (before + 90 * i64::from(edit.quarter_turns % 4)).rem_euclid(360);
        document.get_dictionary_mut(id).map_err(|_| Refusal::Damaged)?.set("Rotate", after);
    }
    Ok(())
}

fn inherited_rotation(document: &Document, page: ObjectId) -> i64 {
    let mut next = Some(page);
    // The tree is as deep as the reader allows; a loop ends with it.
    for _ in 0..256 {
        let Some(node) = next.and_then(|id| document.get_dictionary(id).ok()) else { break };
        if let Ok(rotation) = node.get_deref(b"Rotate", document).and_then(Object::as_i64) {
            return rotation;
        }
        next = node.get(b"Parent").and_then(Object::as_reference).ok();
    }
    0
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, Object, dictionary};

    use super::{count, turn};
    use crate::{Edit, Limits, Refusal};

    fn document(promised: i64) -> Document {
        let mut document = Document::with_version("1.5");
        let tree = document.new_object_id();
        let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => tree });
        document.objects.insert(
            tree,
            Object::Dictionary(dictionary! {
                "Type" => "Pages", "Kids" => vec![page.into()], "Count" => promised, "Rotate" => 270,
            }),
        );
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);
        document
    }

    #[test]
    fn a_turn_adds_to_what_the_tree_says() {
        let mut document = document(1);
        turn(&mut document, &Edit::default().turned(1, 3).pages).expect("turns");
        let page = document.page_iter().next().expect("a page");
        let rotation = document.get_dictionary(page).and_then(|page| page.get(b"Rotate")?.as_i64());
        assert_eq!(rotation.expect("is a number"), 180);
    }

    #[test]
    fn promised_and_real_pages() {
        assert_eq!(count(&document(1), &Limits::default()), Ok(1));
        assert_eq!(count(&document(2), &Limits::default()), Err(Refusal::Damaged));
        let limits = Limits { max_pages: 0, ..Limits::default() };
        assert_eq!(count(&document(500), &limits), Err(Refusal::TooManyPages { pages: 500, max: 0 }));
    }
}
