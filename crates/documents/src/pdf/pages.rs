//! Pages: how many there are, and turning them.

use std::{collections::HashSet, rc::Rc};

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::{Limits, PageEdit, Refusal};

/// Counts the pages that are really there; a tree that promises more than it holds, or is walked in two ways to
/// different ends, hides something.
pub(super) fn count(document: &mut Document, limits: &Limits) -> Result<u32, Refusal> {
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
    let there = find(document).len();
    if found == 0 || promised.is_some_and(|promised| promised > found) || u32::try_from(there) != Ok(found) {
        return Err(Refusal::Damaged);
    }
    Ok(found)
}

/// A page with what it inherits from the tree above it.
pub(super) struct Found {
    pub(super) id: ObjectId,
    pub(super) inherited: Rc<Dictionary>,
}

/// What pages inherit (ISO 32000, table 30).
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];

/// The pages in order. Resources that are written out in the tree become an object of their own, so that many
/// pages can share them.
pub(super) fn find(document: &mut Document) -> Vec<Found> {
    let mut found = Vec::new();
    let root = document.catalog().and_then(|catalog| catalog.get(b"Pages")).and_then(Object::as_reference);
    let mut visited = HashSet::new();
    let mut open: Vec<(ObjectId, Rc<Dictionary>)> = root.into_iter().map(|id| (id, Rc::default())).collect();
    while let Some((id, inherited)) = open.pop() {
        if !document.get_dictionary(id).is_ok_and(|node| node.has_type(b"Pages")) {
            found.push(Found { id, inherited });
            continue;
        }
        if !visited.insert(id) {
            continue;
        }
        share_resources(document, id);
        let Ok(node) = document.get_dictionary(id) else { continue };
        let mut own = Dictionary::clone(&inherited);
        for key in INHERITED {
            if let Ok(value) = node.get(key) {
                own.set(key, value.clone());
            }
        }
        let inherited = Rc::new(own);
        let kids = node.get_deref(b"Kids", document).and_then(Object::as_array).map(Vec::as_slice);
        let kids = kids.unwrap_or_default().iter().rev().filter_map(|kid| kid.as_reference().ok());
        open.extend(kids.map(|kid| (kid, Rc::clone(&inherited))));
    }
    found
}

/// Writes what a page inherits on the page itself, so that it can leave its tree.
pub(super) fn settle<'a>(document: &'a mut Document, found: &Found) -> Result<&'a mut Dictionary, Refusal> {
    let page = document.get_dictionary_mut(found.id).map_err(|_| Refusal::Damaged)?;
    for (key, value) in found.inherited.iter() {
        if !page.has(key) {
            page.set(key.clone(), value.clone());
        }
    }
    Ok(page)
}

fn share_resources(document: &mut Document, node: ObjectId) {
    let direct = document.get_dictionary(node).and_then(|node| node.get(b"Resources")?.as_dict()).cloned();
    let Ok(resources) = direct else { return };
    let shared = document.add_object(resources);
    if let Ok(node) = document.get_dictionary_mut(node) {
        node.set("Resources", shared);
    }
}

/// Turns pages clockwise, on top of what they (or the tree above them) say already.
pub(super) fn turn<'a>(
    document: &mut Document,
    edits: impl Iterator<Item = &'a PageEdit>,
) -> Result<(), Refusal> {
    let pages = find(document);
    for edit in edits.filter(|edit| !edit.quarter_turns.is_multiple_of(4)) {
        let page =
            usize::try_from(edit.page).ok().and_then(|page| pages.get(page)).ok_or(Refusal::BadEdit)?;
        let before = rotation(document, page);
        let after = (before + 90 * i64::from(edit.quarter_turns % 4)).rem_euclid(360);
        document.get_dictionary_mut(page.id).map_err(|_| Refusal::Damaged)?.set("Rotate", after);
    }
    Ok(())
}

/// Degrees clockwise by which a page is shown.
fn rotation(document: &Document, page: &Found) -> i64 {
    let own = document.get_dictionary(page.id).and_then(|page| page.get_deref(b"Rotate", document));
    let value = own.or_else(|_| page.inherited.get_deref(b"Rotate", document));
    value.and_then(Object::as_i64).unwrap_or(0)
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
        turn(&mut document, Edit::default().turned(1, 3).pages.iter()).expect("turns");
        let page = document.page_iter().next().expect("a page");
        let rotation = document.get_dictionary(page).and_then(|page| page.get(b"Rotate")?.as_i64());
        assert_eq!(rotation.expect("is a number"), 180);
    }

    #[test]
    fn promised_and_real_pages() {
        assert_eq!(count(&mut document(1), &Limits::default()), Ok(1));
        assert_eq!(count(&mut document(2), &Limits::default()), Err(Refusal::Damaged));
        let limits = Limits { max_pages: 0, ..Limits::default() };
        assert_eq!(count(&mut document(500), &limits), Err(Refusal::TooManyPages { pages: 500, max: 0 }));
    }
}
