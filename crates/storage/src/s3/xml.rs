//! XML as S3 answers it: elements, their text and what is in them. No attributes, no namespaces, no entities but the predefined ones.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};

/// Answers are three deep.
const DEPTH_MAX: usize = 8;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document; `None` when it is none.
    pub(super) fn read(document: &[u8]) -> Option<Self> {
        let mut reader = Reader::from_reader(document);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) if open.len() <= DEPTH_MAX => {
                    open.push(Self::named(tag.local_name().as_ref()));
                }
                Event::Start(_) => return None,
                Event::Empty(tag) => {
                    open.last_mut()?.children.push(Self::named(tag.local_name().as_ref()));
                }
                Event::End(_) => {
                    let whole = open.pop()?;
                    open.last_mut()?.children.push(whole);
                }
                Event::Text(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
                Event::CData(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
                Event::GeneralRef(entity) => open.last_mut()?.text.push_str(&resolve(&entity)?),
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_) => {}
            }
        }
        match open.as_mut_slice() {
            [document] if document.children.len() == 1 => document.children.pop(),
            _ => None,
        }
    }

    fn named(name: &[u8]) -> Self {
        Self { name: String::from_utf8_lossy(name).into_owned(), ..Self::default() }
    }

    /// The element's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The text of the first child of that name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let child = self.children.iter().find(|child| child.name == name)?;
        Some(&child.text)
    }

    /// Every child of that name.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

fn resolve(entity: &BytesRef<'_>) -> Option<String> {
    if let Some(character) = entity.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    resolve_xml_entity(&entity.decode().ok()?).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_text_and_children() {
        let read = Element::read(
            b"<?xml version=\"1.0\"?>\n<s3:List xmlns:s3=\"x\"><Key>a&amp;b&#x41;</Key><Empty/>\
              <Key><![CDATA[<c>]]></Key></s3:List>",
        );
        let list = read.expect("a document");
        assert_eq!((list.name(), list.text("Empty")), ("List", Some("")));
        let keys: Vec<_> = list.all("Key").map(|key| key.text.as_str()).collect();
        assert_eq!(keys, ["a&bA", "<c>"]);
    }

    #[test]
    fn what_is_no_document() {
        let deep = "<a>".repeat(DEPTH_MAX + 1) + &"</a>".repeat(DEPTH_MAX + 1);
        for text in ["", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", &deep] {
            assert!(Element::read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
