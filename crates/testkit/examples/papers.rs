//! Writes every paper into a folder, for trying things by hand: `cargo run -p testkit --example papers -- DIR`.

use std::{error::Error, fs, path::PathBuf};

use testkit::papers::{self, refused};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    fs::create_dir_all(&dir)?;
    for (name, bytes) in [
        ("身份证正面.jpg", papers::id_card_front_photo()),
        ("身份证背面.png", papers::id_card_back_png()),
        ("户口本首页.tif", papers::household_head_tiff()),
        ("户口本本人页.pdf", papers::household_person_pdf()),
        ("照片.jpg", papers::portrait_jpeg()),
        ("照片2.jpg", papers::better_portrait_jpeg()),
        ("空文件.jpg", refused::empty()),
        ("其实是文字.jpg", refused::text_named_jpg()),
        ("截断.jpg", refused::truncated_jpeg()),
        ("炸弹.png", refused::bomb_png()),
        ("加密.pdf", refused::encrypted_pdf()),
        ("四十兆.jpg", refused::forty_megabytes()),
    ] {
        fs::write(dir.join(name), bytes)?;
    }
    Ok(())
}
