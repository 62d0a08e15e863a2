//! `multipart/form-data`, as browsers send forms with files.

use uuid::Uuid;

/// A body in the making.
pub(super) struct Multipart {
    boundary: String,
    body: Vec<u8>,
}

impl Default for Multipart {
    fn default() -> Self {
        Self { boundary: Uuid::new_v4().simple().to_string(), body: Vec::new() }
    }
}

impl Multipart {
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.part(&format!("name=\"{name}\"\r\n"), text.as_bytes());
    }

    pub(super) fn file(&mut self, name: &str, file: &str, content_type: &str, bytes: &[u8]) {
        let head = format!("name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {content_type}\r\n");
        self.part(&head, bytes);
    }

    fn part(&mut self, head: &str, bytes: &[u8]) {
        let before = format!("--{}\r\nContent-Disposition: form-data; {head}\r\n", self.boundary);
        self.body.extend_from_slice(before.as_bytes());
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
    }

    /// The `Content-Type`, and the bytes.
    pub(super) fn end(mut self) -> (String, Vec<u8>) {
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (format!("multipart/form-data; boundary={}", self.boundary), self.body)
    }
}
