//! The embedded catalogue is fit to be used.

use forms::Catalogue;

#[test]
fn the_embedded_catalogue_loads_without_complaint() {
    if let Err(error) = Catalogue::embedded() {
        panic!("{error}");
    }
}
