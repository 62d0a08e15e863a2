//! Compiles the few lines of C that stand between libjpeg's way of failing (a jump) and Rust's.

fn main() {
    let mut build = cc::Build::new();
    // Told by `turbojpeg-sys`: where the headers of the library it built are.
    for folder in std::env::var("DEP_TURBOJPEG_INCLUDE").unwrap_or_default().split(',') {
        if !folder.is_empty() {
            build.include(folder);
        }
    }
    build.file("src/scanlines.c").warnings(true).extra_warnings(true).compile("scanlines");
    println!("cargo:rerun-if-changed=src/scanlines.c");
}
