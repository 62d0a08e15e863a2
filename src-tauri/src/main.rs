//! Yiban
fn main() {
    yiban_lib::run();
}
