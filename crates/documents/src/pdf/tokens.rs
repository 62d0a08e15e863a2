//! The words of a PDF's syntax (ISO 32000, 7.2), told apart without making anything of them.

/// What a word is, as far as counting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The beginning of an array or dictionary.
    Open,
    /// The end of one.
    Close,
    /// A number, name, text or keyword.
    Value,
    /// The keyword after which a stream's bytes stand.
    Stream,
}

/// The next word from `at`, and where it ends.
pub(super) fn next(bytes: &[u8], mut at: usize) -> Option<(Token, usize)> {
    loop {
        match *bytes.get(at)? {
            byte if is_space(byte) => at += 1,
            b'%' => at = end_of_line(bytes, at),
            _ => break,
        }
    }
    let rest = &bytes[at..];
    let (token, length) = match rest {
        [b'<', b'<', ..] => (Token::Open, 2),
        [b'>', b'>', ..] => (Token::Close, 2),
        [b'[', ..] => (Token::Open, 1),
        [b']', ..] => (Token::Close, 1),
        [b'(', ..] => (Token::Value, text(rest)),
        [b'<', ..] => (Token::Value, memchr::memchr(b'>', rest).map_or(rest.len(), |end| end + 1)),
        [b')' | b'>' | b'{' | b'}', ..] => (Token::Value, 1),
        _ => {
            let ends = |byte: &u8| is_space(*byte) || is_delimiter(*byte);
            let length = rest.iter().skip(1).position(ends).map_or(rest.len(), |more| more + 1);
            let token = if &rest[..length] == b"stream" { Token::Stream } else { Token::Value };
            (token, length)
        }
    };
    Some((token, at + length))
}

/// Where the bytes of a stream end that begin at `at`; those of a stream that has no end go on to the file's.
pub(super) fn end_of_stream(bytes: &[u8], at: usize) -> usize {
    memchr::memmem::find(&bytes[at..], b"endstream").map_or(bytes.len(), |length| at + length)
}

/// Values that one object is made of, itself and everything in it, and where it ends; counted no further than `most`.
pub(super) fn values(bytes: &[u8], most: usize) -> (usize, usize) {
    let (mut at, mut count, mut open) = (0, 0, 0_usize);
    while let Some((token, end)) = next(bytes, at) {
        at = end;
        match token {
            Token::Close => open = open.saturating_sub(1),
            Token::Open => {
                (count, open) = (count + 1, open + 1);
            }
            Token::Value | Token::Stream => count += 1,
        }
        if open == 0 || count >= most {
            break;
        }
    }
    (count, at)
}

/// Where objects may begin: behind each header of one (or a trailer's keyword), wherever it stands. A reader goes where it
/// is sent, and nothing keeps it from being sent into the bytes of a stream, a text or a comment.
pub(super) fn beginnings(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let headers = memchr::memmem::find_iter(bytes, b"obj").filter(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        before.is_some_and(|byte| byte.is_ascii_digit() || is_space(*byte))
    });
    let trailers = memchr::memmem::find_iter(bytes, b"trailer");
    headers.map(|at| at + b"obj".len()).chain(trailers.map(|at| at + b"trailer".len()))
}

/// Length of a text in parentheses, which may hold others.
fn text(bytes: &[u8]) -> usize {
    let (mut at, mut open) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'(' => open += 1,
            b')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    at.min(bytes.len())
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\r', b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length)
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use super::{Token, beginnings, next, values};

    fn tokens(bytes: &[u8]) -> Vec<Token> {
        let mut at = 0;
        std::iter::from_fn(|| {
            let (token, end) = next(bytes, at)?;
            at = end;
            Some(token)
        })
        .collect()
    }

    #[test]
    fn words_are_told_apart() {
        use Token::{Close, Open, Stream, Value};
        assert_eq!(
            tokens(b"<</A[1 2]/B(a(b)\\)c)/C<AB>>>%x\nstream"),
            [Open, Value, Open, Value, Value, Close, Value, Value, Value, Value, Close, Stream]
        );
        assert_eq!(tokens(b"(never closed \\"), [Value]);
        assert_eq!(tokens(b"<AB"), [Value]);
        assert_eq!(tokens(b" %"), []);
    }

    #[test]
    fn an_object_ends_where_its_brackets_do() {
        assert_eq!(values(b"[1[2 3]<</A 4>>]5 6", 99), (8, 16));
        assert_eq!(values(b"/Name 5 6", 99), (1, 5));
        assert_eq!(values(b"[1 2 3", 99), (4, 6));
        assert_eq!(values(b"[1 2 3 4 5 6]", 3), (3, 4));
        assert_eq!(values(b"", 3), (0, 0));
    }

    #[test]
    fn objects_begin_wherever_a_header_stands() {
        let bytes = b"1 0 obj 2 endobj (3 0 obj) %4 0\nobj\nobject trailer<<>>";
        let found: Vec<usize> = beginnings(bytes).collect();
        assert_eq!(found, [7, 25, 35, 39, 50]);
    }
}
