//! Compiles the few lines of C that stand between libjpeg's way of failing (a jump) and Rust's.

/// Told by `turbojpeg-sys`: where the headers of the library it built are.
const HEADERS: &str = "DEP_TURBOJPEG_INCLUDE";

fn main() -> Result<(), String> {
    let folders = std::env::var(HEADERS).unwrap_or_default();
    if folders.is_empty() {
        // The compiler would find another version's headers on many machines, and say nothing.
        return Err(format!("{HEADERS} is empty: turbojpeg-sys no longer tells where its headers are"));
    }
    let mut build = cc::Build::new();
    build.includes(folders.split(','));
    build.file("src/scanlines.c").warnings(true).extra_warnings(true).compile("scanlines");
    println!("cargo:rerun-if-changed=src/scanlines.c");
    Ok(())
}
