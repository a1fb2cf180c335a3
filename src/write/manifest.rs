//! What the published tree holds: our list of outputs.

use crate::model::{OutPath, SourcePath};

/// A published file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in the output folder.
    pub path: OutPath,
    /// BLAKE3 of its bytes.
    pub hash: blake3::Hash,
    /// Its size.
    pub len_bytes: u64,
    /// The source that it is about.
    pub subject: Option<SourcePath>,
    /// The fingerprinted files that it names, as far as they are in the same manifest.
    pub uses: Vec<OutPath>,
}

/// Every file that we published, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    rows: Vec<Row>,
}

impl Manifest {
    /// Sorts rows into a manifest. No path may be there twice.
    pub(super) fn new(mut rows: Vec<Row>) -> Self {
        rows.sort_by(|a, b| a.path.cmp(&b.path));
        if let Some(twice) = rows.windows(2).find(|pair| pair[0].path == pair[1].path) {
            panic!("the plan lists each path once, but {} twice", twice[0].path);
        }
        Self { rows }
    }

    /// The files, sorted by path.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The file at `path`.
    pub fn get(&self, path: &OutPath) -> Option<&Row> {
        self.position(path.as_str().as_bytes()).map(|at| &self.rows[at])
    }

    /// The number of the row at `path`. Paths of foreign files may be any bytes.
    pub(super) fn position(&self, path: &[u8]) -> Option<usize> {
        self.rows.binary_search_by(|row| row.path.as_str().as_bytes().cmp(path)).ok()
    }

    /// Whether a file of the manifest lies below `path`.
    pub(super) fn has_folder(&self, path: &[u8]) -> bool {
        let below = [path, b"/"].concat();
        let first = self.rows.partition_point(|row| row.path.as_str().as_bytes() < &*below);
        self.rows.get(first).is_some_and(|row| row.path.as_str().as_bytes().starts_with(&below))
    }

    /// Whether a foreign file or link at `path` would stand in the way: at a file of ours, at a folder of ours, or below a file of ours.
    pub(super) fn needs(&self, path: &[u8]) -> bool {
        self.position(path).is_some() || self.has_folder(path) || self.is_below_file(path)
    }

    /// Whether a file of the manifest stands where `path` has a folder.
    pub(super) fn is_below_file(&self, path: &[u8]) -> bool {
        let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        slashes.map(|(at, _)| &path[..at]).any(|folder| self.position(folder).is_some())
    }

    /// Every folder of the tree but its root, each once, the outer before the inner.
    pub(super) fn folders(&self) -> Vec<&str> {
        let mut folders = Vec::new();
        let mut before = "";
        for row in &self.rows {
            let path = row.path.as_str();
            // Paths that share a folder stand together in a sorted list: a folder is new if the path before is not in it.
            for (at, _) in path.match_indices('/') {
                if !before.starts_with(&path[..=at]) {
                    folders.push(&path[..at]);
                }
            }
            before = path;
        }
        folders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(paths: &[&str]) -> Manifest {
        let row = |path: &&str| Row {
            path: OutPath::parse(path).unwrap(),
            hash: blake3::hash(b""),
            len_bytes: 0,
            subject: None,
            uses: Vec::new(),
        };
        Manifest::new(paths.iter().map(row).collect())
    }

    #[test]
    fn each_folder_is_named_once() {
        let folders = manifest(&["a/b/c.html", "a-b/x", "a/b-c/y", "a/b/d", "index.html"]);
        assert_eq!(folders.folders(), ["a-b", "a", "a/b-c", "a/b"]);
    }

    #[test]
    fn what_stands_in_the_way() {
        let manifest = manifest(&["a/b/c.html", "d"]);
        let check = |path: &str, needed: bool| assert_eq!(manifest.needs(path.as_bytes()), needed, "{path}");
        check("a/b/c.html", true);
        check("a", true);
        check("a/b", true);
        check("d/e/f", true);
        check("a/b/x", false);
        check("a/b/c.html.gz", false);
        check("a/b/c", false);
        check("e", false);
    }
}
