//! The words are complete: the same keys in every language, a sentence for every code and every kind of event, nothing left over.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const LOCALES: [&str; 3] = ["en", "zh-CN", "zh-TW"];

type Words = BTreeMap<String, Map<String, Value>>;

/// Every namespace of a language.
fn words(locale: &str) -> Words {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(locale);
    fs::read_dir(&folder)
        .expect("the language has a folder")
        .map(|entry| {
            let path = entry.expect("readable").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("UTF-8");
            let parsed = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (name, parsed)
        })
        .collect()
}

fn keys(words: &Words) -> BTreeSet<String> {
    words
        .iter()
        .flat_map(|(name, words)| words.keys().map(move |key| format!("{name}.{key}")))
        .collect()
}

/// The `{{ names }}` in a text.
fn holes(text: &str) -> BTreeSet<&str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).map(str::trim).collect()
}

#[test]
fn every_language_has_the_same_keys() {
    let english = keys(&words("en"));
    for locale in LOCALES {
        let found = keys(&words(locale));
        let missing: Vec<_> = english.difference(&found).collect();
        let extra: Vec<_> = found.difference(&english).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{locale}: missing {missing:?}, extra {extra:?}"
        );
    }
}

#[test]
fn every_language_fills_the_same_holes_and_leaves_nothing_empty() {
    let english = words("en");
    for locale in LOCALES {
        for (name, namespace) in words(locale) {
            for (key, text) in namespace {
                let text =
                    text.as_str().unwrap_or_else(|| panic!("{locale} {name}.{key} is not text"));
                assert!(!text.trim().is_empty(), "{locale} {name}.{key} is empty");
                let original = english[&name][&key].as_str().unwrap_or_default();
                assert_eq!(holes(text), holes(original), "{locale} {name}.{key}");
            }
        }
    }
}

#[test]
fn every_code_and_every_event_has_its_words() {
    let codes: BTreeSet<&str> = domain::Code::ALL.iter().map(|code| code.as_str()).collect();
    let events: BTreeSet<&str> =
        domain::audit::EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    for locale in LOCALES {
        let words = words(locale);
        for (name, registry) in [("code", &codes), ("event", &events)] {
            let found: BTreeSet<&str> = words[name].keys().map(String::as_str).collect();
            assert_eq!(&found, registry, "{locale}/{name}.json");
        }
    }
}

#[test]
fn the_words_keep_to_the_house_style() {
    for (name, namespace) in words("en") {
        for (key, text) in namespace {
            let text = text.as_str().unwrap_or_default().to_lowercase();
            for banned in ["successfully", "please", "!"] {
                assert!(!text.contains(banned), "{name}.{key}: {banned}");
            }
        }
    }
}
