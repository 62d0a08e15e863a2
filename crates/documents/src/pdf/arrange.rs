//! Pages in another order, some left out. The tree is written anew and flat; what a page inherited from the
//! tree above it is written on the page. What told of the old order or of pages that are gone (outline,
//! labels, structure, named places, fields of forms) goes with them, so that nothing of a page that was left
//! out stays in the file.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::pages;
use crate::{PageEdit, Refusal};

/// What a catalogue keeps: nothing here names a page or holds words of one.
const KEPT: [&[u8]; 7] =
    [b"Type", b"Version", b"Extensions", b"Pages", b"OCProperties", b"Lang", b"OutputIntents"];
/// Fields of forms lie in each other at most this deep.
const DEEPEST: u32 = 32;

/// Whether the pages are to stand otherwise than they do.
pub(super) fn is_needed(edits: &[PageEdit], pages: u32) -> bool {
    edits.len() != usize::try_from(pages).unwrap_or(usize::MAX)
        || edits.iter().zip(0..).any(|(edit, page): (_, u32)| edit.page != page)
}

/// Brings the pages into the order of `edits` and removes all others with all that only they use.
pub(super) fn arrange(document: &mut Document, edits: &[PageEdit]) -> Result<(), Refusal> {
    let found = pages::find(document);
    let tree = document.new_object_id();
    let mut kids = Vec::with_capacity(edits.len());
    for edit in edits {
        let index = usize::try_from(edit.page).map_err(|_| Refusal::BadEdit)?;
        let found = found.get(index).ok_or(Refusal::BadEdit)?;
        let page = pages::settle(document, found)?;
        page.set("Parent", tree);
        // Places in a reading thread and in the structure are told by numbers that mean nothing any more.
        page.remove(b"B");
        page.remove(b"StructParents");
        kids.push(found.id);
    }
    let count = i64::try_from(kids.len()).map_err(|_| Refusal::BadEdit)?;
    let kept: HashSet<ObjectId> = kids.iter().copied().collect();
    let kids: Vec<Object> = kids.into_iter().map(Object::from).collect();
    let root = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(tree, root.into());
    for page in found.iter().map(|page| page.id).filter(|id| !kept.contains(id)) {
        forget(document, page);
    }
    bare_catalog(document, Some(tree), &kept)?;
    document.prune_objects();
    Ok(())
}

/// Removes a page's object and its notes; whoever still names them finds nothing.
pub(super) fn forget(document: &mut Document, page: ObjectId) {
    for note in annotations(document, page) {
        document.objects.remove(&note);
    }
    document.objects.remove(&page);
}

/// Takes everything out of the catalogue that tells of pages; of the form only fields on `kept` pages stay.
pub(super) fn bare_catalog(
    document: &mut Document,
    tree: Option<ObjectId>,
    kept: &HashSet<ObjectId>,
) -> Result<(), Refusal> {
    let form = form_of(document, kept);
    let catalog = document.catalog_mut().map_err(|_| Refusal::Damaged)?;
    let told: Vec<Vec<u8>> = catalog.iter().map(|(key, _)| key.clone()).collect();
    for key in told.iter().filter(|key| !KEPT.contains(&key.as_slice())) {
        catalog.remove(key);
    }
    if let Some(tree) = tree {
        catalog.set("Pages", tree);
    }
    if let Some(form) = form {
        catalog.set("AcroForm", form);
    }
    Ok(())
}

/// The form with only those fields that stand on `kept` pages; `None` where none is left.
fn form_of(document: &mut Document, kept: &HashSet<ObjectId>) -> Option<Dictionary> {
    let form = document.catalog().ok()?.get_deref(b"AcroForm", document).ok()?.as_dict().ok()?.clone();
    let shown: HashSet<ObjectId> = kept.iter().flat_map(|page| annotations(document, *page)).collect();
    let roots = references(form.get_deref(b"Fields", document).ok()?);
    let mut seen = HashSet::new();
    let fields: Vec<Object> = roots
        .into_iter()
        .filter(|field| keep_field(document, *field, &shown, &mut seen, DEEPEST))
        .map(Object::from)
        .collect();
    if fields.is_empty() {
        return None;
    }
    let mut form = form;
    form.set("Fields", fields);
    // The order of calculation names fields; calculations are scripts, which do not come this far.
    form.remove(b"CO");
    Some(form)
}

fn keep_field(
    document: &mut Document,
    field: ObjectId,
    shown: &HashSet<ObjectId>,
    seen: &mut HashSet<ObjectId>,
    depth: u32,
) -> bool {
    if depth == 0 || !seen.insert(field) {
        return false;
    }
    let Ok(node) = document.get_dictionary(field) else { return false };
    let Ok(kids) = node.get_deref(b"Kids", document).map(references) else { return shown.contains(&field) };
    let kids: Vec<Object> = kids
        .into_iter()
        .filter(|kid| keep_field(document, *kid, shown, seen, depth - 1))
        .map(Object::from)
        .collect();
    let any = !kids.is_empty();
    if let Ok(node) = document.get_dictionary_mut(field) {
        node.set("Kids", kids);
    }
    any
}

fn annotations(document: &Document, page: ObjectId) -> Vec<ObjectId> {
    let notes = document.get_dictionary(page).and_then(|page| page.get_deref(b"Annots", document));
    notes.map(references).unwrap_or_default()
}

fn references(array: &Object) -> Vec<ObjectId> {
    let items = array.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_reference().ok()).collect()
}
