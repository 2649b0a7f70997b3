//! The documentation of the configuration, made from [`super::variables`].

use super::variables::{CONFIG, VARIABLES};
use std::fmt::Write as _;

/// `docs/configuration.md`.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         <!-- Made by `make generated` from server/src/config/variables.rs: edit it there. -->\n\n\
         Each setting is read from the file that `TOKENKEEP_CONFIG` names (TOML, see `docs/tokenkeep.toml`), then from the environment, which\n\
         wins. A secret can also be given by the path of a file that holds it, in the variable of the same name with `_FILE` at its end.\n\
         An empty variable is an unset one. Whatever is wrong is reported at the start, all of it at once.\n\n\
         | variable | key in the file | unset | what it does |\n|---|---|---|---|\n",
    );
    let _ = writeln!(text, "| `{CONFIG}` | | no file | The path of the configuration file. |");
    for variable in VARIABLES {
        let file =
            if variable.secret { format!(", `{}_FILE`", variable.env) } else { String::new() };
        let _ = writeln!(
            text,
            "| `{}`{file} | `{}` | {} | {} |",
            variable.env, variable.key, variable.default, variable.text
        );
    }
    text
}

/// `docs/tokenkeep.toml`: the commented default file.
pub fn default_file() -> String {
    let mut text = String::from(
        "# Tokenkeep's configuration. Every line is optional; the environment wins over this file.\n",
    );
    for variable in VARIABLES {
        let _ = write!(
            text,
            "\n# {}\n# Unset: {}.\n# {} = \"{}\"\n",
            variable.text, variable.default, variable.key, variable.example
        );
    }
    text
}
