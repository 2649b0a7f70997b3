//! Fernet between us and Python's `cryptography` package, both ways, with the real package.

use domain::token::TokenSecret;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use vault::Sealer;

const SECRET: &str = "ntk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The interpreter of `TOKENKEEP_TEST_PYTHON`, else the one that `scripts/setup test` makes.
fn python() -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/python/bin/python3");
    std::env::var_os("TOKENKEEP_TEST_PYTHON").map_or(made, PathBuf::from)
}

/// Runs a script that reads lines and prints one.
fn run(script: &str, lines: &[&str]) -> String {
    let python = python();
    let mend = "run scripts/setup test, or set TOKENKEEP_TEST_PYTHON to a Python with the cryptography package";
    let mut child = Command::new(&python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start ({error}): {mend}", python.display()));
    let mut input = child.stdin.take().expect("its input");
    input.write_all(lines.join("\n").as_bytes()).expect("written");
    drop(input);
    let output = child.wait_with_output().expect("its output");
    assert!(output.status.success(), "{} failed: {mend}", python.display());
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

const OPEN: &str = "
import sys
from cryptography.fernet import Fernet, MultiFernet
keys, sealed = sys.stdin.read().split('\\n')
print(MultiFernet([Fernet(key) for key in keys.split(',')]).decrypt(sealed.encode()).decode())
";

const SEAL: &str = "
import sys
from cryptography.fernet import Fernet
key, secret = sys.stdin.read().split('\\n')
print(Fernet(key).encrypt(secret.encode()).decode())
";

const GENERATE: &str = "
from cryptography.fernet import Fernet
print(Fernet.generate_key().decode())
";

fn sealer(keys: &str) -> Sealer {
    Sealer::parse(keys).expect("good keys")
}

fn secret() -> TokenSecret {
    TokenSecret::parse(SECRET).expect("good form")
}

#[test]
fn python_opens_what_we_seal() {
    let (new, old) = (Sealer::generate_key(), Sealer::generate_key());
    let both = format!("{},{}", *new, *old);
    assert_eq!(run(OPEN, &[&new, &sealer(&new).seal(&secret())]), SECRET);
    assert_eq!(run(OPEN, &[&both, &sealer(&old).seal(&secret())]), SECRET);
}

#[test]
fn we_open_what_python_seals() {
    let key = Sealer::generate_key();
    let sealed = run(SEAL, &[&key, SECRET]);
    assert_eq!(sealer(&key).open(&sealed).expect("opens").expose(), SECRET);
    assert_eq!(sealer(&key).open_recent(&sealed, 3600).expect("opens").expose(), SECRET);
}

#[test]
fn a_key_that_python_makes_is_a_key_of_ours() {
    let key = run(GENERATE, &[]);
    let sealed = sealer(&key).seal(&secret());
    assert_eq!(run(OPEN, &[&key, &sealed]), SECRET);
}

#[test]
fn what_python_seals_and_is_no_token_does_not_open() {
    let key = Sealer::generate_key();
    let sealed = run(SEAL, &[&key, "not a token"]);
    assert!(sealer(&key).open(&sealed).is_err());
}
