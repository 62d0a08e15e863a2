//! Makes sure that the folder of the built console page exists, so that the server compiles before the page
//! was ever built. The page itself is made by `npm run build` in `ui/`.

use std::{fs, io, path::Path};

const NOTE: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>审核台</title>\
<p>审核台页面尚未构建。请在 ui 目录运行 npm run build，再重新启动服务。</p>\
<p lang=\"en\">The review console has not been built yet. Run npm run build in ui, then start the server again.</p></html>\n";

fn main() -> io::Result<()> {
    let folder = Path::new("../../ui/dist-console");
    let page = folder.join("index.html");
    if !page.exists() {
        fs::create_dir_all(folder)?;
        fs::write(&page, NOTE)?;
    }
    for watched in ["build.rs", "migrations", "../../ui/dist-console"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    Ok(())
}
