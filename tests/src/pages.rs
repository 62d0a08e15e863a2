//! The pages of the window in the words of the person who uses them, by the test marks that the pages carry.

pub mod cases;
pub mod check;
pub mod console;
pub mod editor;
pub mod form;
pub mod header;
pub mod home;
pub mod materials;
pub mod notice;
