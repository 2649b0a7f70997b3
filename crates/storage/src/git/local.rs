//! The clone: a bare repository that is a cache of the branch's newest commit, and in which the next one is made.

use super::program::Program;
use super::{Settings, Staged, stream};
use crate::calls::Meter;
use crate::page::Filling;
use crate::{Error, Listed, OBJECT_MAX, ObjectKey, Pages, Result};
use domain::mirror::{Digest, FailureClass};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The clone's name in the configured directory.
const NAME: &str = "tokenkeep-mirror.git";
/// The file in it that says that it is ours, and of which repository.
const MARK: &str = "tokenkeep-mirror";
/// The newest commit that is known of the branch.
const TIP: &str = "refs/tokenkeep/tip";
/// The tree with nothing in it.
const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
/// How often others may be faster in one run.
const TRIES: usize = 5;
/// The clone is packed anew when it has more loose objects or packs than this, or more KiB of loose objects: the tree of 100,000 tokens is 5 MB for each
/// commit until then.
const LOOSE_MAX: u64 = 20_000;
const LOOSE_KIB_MAX: u64 = 256 * 1024;
const PACKS_MAX: u64 = 50;

/// The clone.
pub(super) struct Local {
    settings: Settings,
    dir: PathBuf,
    git: Program,
}

impl Local {
    /// Touches nothing yet.
    pub(super) fn new(settings: Settings, meter: Arc<Meter>) -> Self {
        let dir = settings.local_path.join(NAME);
        let git = Program::new(&settings, &dir, meter);
        Self { settings, dir, git }
    }

    /// What is in a directory of the branch as it is now.
    pub(super) async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        let Some(tip) = self.fetch().await? else { return Ok(()) };
        let what = format!("list {}", at.as_str());
        let directory = format!("{}/", at.as_str());
        let arguments = ["ls-tree", "-z", "--full-tree", &tip, "--", &directory];
        let odd = || Error::broken(&what, "git lists the tree in a form that we do not know");
        let mut listed = Filling::of(pages);
        let mut entry = |entry: &[u8]| {
            listed.push(Entry::parse(entry).map(Entry::listed).ok_or_else(odd)?);
            Ok(())
        };
        self.git.each(&what, &arguments, &mut entry).await?;
        listed.hand_over();
        Ok(())
    }

    /// The bytes of an object of the branch as it is now.
    pub(super) async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let Some(tip) = self.fetch().await? else { return Ok(None) };
        let what = format!("read {}", key.as_str());
        let arguments = ["ls-tree", "-z", "-l", "--full-tree", &tip, "--", key.as_str()];
        let out = self.git.run(&what, &arguments).await?;
        let Some(entry) = Entry::parse(out.strip_suffix(&[0]).unwrap_or(&out)) else {
            return Ok(None);
        };
        let size = entry.size.and_then(|size| size.parse::<usize>().ok());
        if !entry.is_file() {
            return Err(Error::broken(what, "not a file"));
        }
        if size.is_none_or(|size| size > OBJECT_MAX) {
            return Err(Error::broken(what, format!("more than {OBJECT_MAX} bytes")));
        }
        self.git.run(&what, &["cat-file", "blob", entry.id]).await.map(Some)
    }

    /// Makes one commit of what is staged on top of the branch, and pushes it; again on top of what others pushed meanwhile.
    pub(super) async fn publish(&self, staged: &Staged, message: &str) -> Result<()> {
        for attempt in 0..TRIES {
            // The listing has just fetched; what came since is found by the push.
            let tip = if attempt == 0 { self.known().await? } else { self.fetch().await? };
            let Some(commit) = self.commit(tip.as_deref(), staged, message).await? else {
                return Ok(());
            };
            if self.push(&commit).await? {
                return self.tidy().await;
            }
        }
        let why = format!("others pushed at the same time, {TRIES} times");
        Err(Error { class: FailureClass::Transient, what: "push".to_owned(), why })
    }

    /// Forgets the clone.
    pub(super) async fn discard(&self) -> Result<()> {
        match read(&self.dir.join(MARK)).await? {
            None => Ok(()),
            Some(_) => {
                let removed = tokio::fs::remove_dir_all(&self.dir).await;
                removed.map_err(|error| Error::io(self.shown("remove"), &error))
            }
        }
    }

    fn shown(&self, what: &str) -> String {
        format!("{what} {}", self.dir.display())
    }

    /// The newest commit of the branch; `None` when it has none.
    async fn fetch(&self) -> Result<Option<String>> {
        self.prepare().await?;
        let refspec = format!("+{}:{TIP}", self.settings.branch.reference());
        let address = self.settings.address.as_str();
        let arguments = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--depth=1",
            "--",
            address,
            &refspec,
        ];
        let said = self.git.ask("fetch", &arguments, std::iter::empty()).await?;
        if !said.good {
            if !said.err.contains("couldn't find remote ref") {
                return Err(self.git.error("fetch", &said.err));
            }
            self.git.run("fetch", &["update-ref", "-d", TIP]).await?;
        }
        self.resolve().await
    }

    /// The newest commit that was seen; when none was, it is looked for.
    async fn known(&self) -> Result<Option<String>> {
        match read(&self.dir.join(MARK)).await? {
            Some(mark) if mark == self.mark() => match self.resolve().await? {
                None => self.fetch().await,
                tip => Ok(tip),
            },
            _ => self.fetch().await,
        }
    }

    async fn resolve(&self) -> Result<Option<String>> {
        let arguments = ["rev-parse", "--verify", "--quiet", TIP];
        let said = self.git.ask("look at the clone", &arguments, std::iter::empty()).await?;
        let tip = String::from_utf8_lossy(&said.out).trim().to_owned();
        if !said.good && !said.err.is_empty() {
            return Err(self.git.error("look at the clone", &said.err));
        }
        Ok((said.good && !tip.is_empty()).then_some(tip))
    }

    /// Makes the next commit; `None` when it would change nothing.
    async fn commit(
        &self,
        tip: Option<&str>,
        staged: &Staged,
        message: &str,
    ) -> Result<Option<String>> {
        let what = "commit";
        self.feed(what, &["fast-import", "--quiet", "--done"], stream::blobs(staged)).await?;
        self.git.run(what, &["read-tree", tip.unwrap_or("--empty")]).await?;
        self.feed(what, &["update-index", "-z", "--index-info"], stream::paths(staged)).await?;
        let tree = self.git.line(what, &["write-tree"]).await?;
        let before = match tip {
            Some(tip) => self.git.line(what, &["rev-parse", &format!("{tip}^{{tree}}")]).await?,
            None => EMPTY_TREE.to_owned(),
        };
        if tree == before {
            return Ok(None);
        }
        let parent = tip.map(|tip| ["-p", tip]).into_iter().flatten();
        let arguments: Vec<_> =
            ["commit-tree", "-m", message].into_iter().chain(parent).chain([&*tree]).collect();
        self.git.line(what, &arguments).await.map(Some)
    }

    /// Runs a `git` that reads.
    async fn feed(
        &self,
        what: &str,
        arguments: &[&str],
        input: impl Iterator<Item = Vec<u8>> + Send,
    ) -> Result<()> {
        let said = self.git.ask(what, arguments, input).await?;
        if said.good { Ok(()) } else { Err(self.git.error(what, &said.err)) }
    }

    /// Pushes a commit. `false`: the branch has moved.
    async fn push(&self, commit: &str) -> Result<bool> {
        let refspec = format!("{commit}:{}", self.settings.branch.reference());
        let arguments = ["push", "--porcelain", "--", self.settings.address.as_str(), &refspec];
        let said = self.git.ask("push", &arguments, std::iter::empty()).await?;
        if said.good {
            self.git.run("push", &["update-ref", TIP, commit]).await?;
            return Ok(true);
        }
        let out = String::from_utf8_lossy(&said.out);
        let refused: String = out.lines().filter(|line| line.starts_with('!')).collect();
        let moved = [
            "fetch first",
            "non-fast-forward",
            "stale info",
            "incorrect old value",
            "but expected",
        ];
        let locked = ["cannot lock ref", "failed to update ref", "reference already exists"];
        let said = format!("{}\n{refused}", said.err);
        if moved.iter().chain(&locked).any(|why| said.contains(why)) {
            return Ok(false);
        }
        Err(self.git.error("push", &said))
    }

    /// Packs the clone when it has grown.
    async fn tidy(&self) -> Result<()> {
        let said = self.git.run("look at the clone", &["count-objects", "-v"]).await?;
        let said = String::from_utf8_lossy(&said);
        let count = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|count| count.trim().parse::<u64>().ok()).unwrap_or_default()
        };
        let grown = count("count:") > LOOSE_MAX
            || count("size:") > LOOSE_KIB_MAX
            || count("packs:") > PACKS_MAX;
        if grown && self.git.run("pack the clone", &["gc", "--quiet", "--prune=now"]).await.is_err()
        {
            // What was pushed is pushed. The next run begins with a new clone.
            self.discard().await?;
        }
        Ok(())
    }

    fn mark(&self) -> String {
        format!("{}\n", self.settings.address.as_str())
    }

    /// Sees to it that there is a clone of this repository.
    async fn prepare(&self) -> Result<()> {
        match read(&self.dir.join(MARK)).await? {
            Some(mark) if mark == self.mark() => return Ok(()),
            Some(_) => self.discard().await?,
            None if self.dir.exists() => {
                let why = "it is not the mirror's clone; choose another GITSTORE_LOCAL_PATH";
                return Err(Error::broken(self.shown("use"), why));
            }
            None => {}
        }
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.dir);
        made.map_err(|error| Error::io(self.shown("create"), &error))?;
        // First the mark: what a crash leaves is ours to remove.
        let marked = tokio::fs::write(self.dir.join(MARK), self.mark()).await;
        marked.map_err(|error| Error::io(self.shown("create"), &error))?;
        let arguments = ["init", "--quiet", "--bare", "--template=", "--object-format=sha1"];
        self.git.run(&self.shown("create"), &arguments).await?;
        Ok(())
    }
}

async fn read(path: &Path) -> Result<Option<String>> {
    match tokio::fs::read_to_string(path).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(format!("read {}", path.display()), &error)),
    }
}

/// A line of `git ls-tree -z [-l]`: `<mode> <type> <id>[ <size>]\t<path>`.
struct Entry<'a> {
    mode: &'a str,
    id: &'a str,
    size: Option<&'a str>,
    path: String,
}

impl<'a> Entry<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        let tab = line.iter().position(|byte| *byte == b'\t')?;
        let (head, path) = line.split_at(tab);
        let mut words = std::str::from_utf8(head).ok()?.split_ascii_whitespace();
        let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
        let path = String::from_utf8_lossy(path.get(1..)?).into_owned();
        Some(Self { mode, id, size: words.next(), path })
    }

    /// Neither a directory nor a link nor another repository.
    fn is_file(&self) -> bool {
        matches!(self.mode, "100644" | "100755")
    }

    fn listed(self) -> Listed {
        let id = self.is_file().then(|| bytes(self.id)).flatten();
        Listed { digest: id.and_then(|id| Digest::told(&id)), path: self.path }
    }
}

/// The bytes of hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_tree_is_read() {
        let id = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
        let line = format!("100644 blob {id}      12\ttokens/a b.json");
        let entry = Entry::parse(line.as_bytes()).expect("an entry");
        assert_eq!(
            (entry.id, entry.size, entry.path.as_str()),
            (id, Some("12"), "tokens/a b.json")
        );
        for (mode, is_file) in
            [("100755", true), ("120000", false), ("040000", false), ("160000", false)]
        {
            let line = format!("{mode} blob {id}\tx");
            let listed = Entry::parse(line.as_bytes()).expect("an entry").listed();
            assert_eq!(listed.digest.is_some(), is_file, "{mode}");
        }
        assert!(Entry::parse(b"nonsense").is_none());
    }
}
