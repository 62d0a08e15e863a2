//! The catalogue is embedded: a change in it must rebuild this crate.

fn main() {
    println!("cargo::rerun-if-changed=../../catalog");
}
