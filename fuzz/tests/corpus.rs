//! What the fuzzer kept, and each beginning of it, through the same checks: no fuzzer needed.

use std::fs;
use std::path::Path;

#[test]
#[expect(clippy::print_stderr, reason = "the output of a check that fails says which file it was")]
fn the_corpus_holds() {
    for (name, check) in fuzz::TARGETS {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let mut count = 0;
        for file in fs::read_dir(&directory).expect("a corpus") {
            let path = file.expect("a file").path();
            let bytes = fs::read(&path).expect("its bytes");
            eprintln!("{}", path.display());
            (0..=bytes.len()).for_each(|end| check(&bytes[..end]));
            count += 1;
        }
        assert!(count >= 10, "{name} has {count}");
    }
}

#[test]
fn every_check_has_its_program() {
    let manifest = include_str!("../Cargo.toml");
    for (name, _) in fuzz::TARGETS {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
