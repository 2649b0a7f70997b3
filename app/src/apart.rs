//! Words that are typed into one field.

/// Words one by one. Commas of Chinese keyboards count too.
pub fn apart(text: &str) -> Vec<String> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、' | '；');
    text.split(apart).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
