//! What the published tree holds: our list of outputs.

use std::sync::Arc;

use crate::model::{OutPath, SourcePath};

/// A published file. Cheap to clone.
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
    /// The fingerprinted files that it names.
    pub uses: Arc<[OutPath]>,
}

/// What one edition's manifest has that the one before had not. Both lists are sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Rows that are new, or not as they were.
    pub put: Vec<Row>,
    /// Paths that are no more.
    pub gone: Vec<OutPath>,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.put.is_empty() && self.gone.is_empty()
    }
}

/// Every file that we published, sorted by path. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    rows: Arc<Vec<Row>>,
}

impl Manifest {
    /// Sorts rows into a manifest. No path may be there twice.
    pub(super) fn new(mut rows: Vec<Row>) -> Self {
        if !rows.is_sorted_by(|a, b| a.path < b.path) {
            rows.sort_by(|a, b| a.path.cmp(&b.path));
        }
        if let Some(twice) = rows.windows(2).find(|pair| pair[0].path == pair[1].path) {
            panic!("the plan lists each path once, but {} twice", twice[0].path);
        }
        Self { rows: Arc::new(rows) }
    }

    /// The manifest after `changes`.
    pub(super) fn with(&self, changes: &Changes) -> Self {
        let mut rows = Vec::with_capacity(self.rows.len() + changes.put.len());
        let mut old = &self.rows[..];
        for row in &changes.put {
            let before = old.partition_point(|other| other.path < row.path);
            rows.extend_from_slice(&old[..before]);
            rows.push(row.clone());
            old = &old[before + usize::from(old.get(before).is_some_and(|other| other.path == row.path))..];
        }
        rows.extend_from_slice(old);
        if !changes.gone.is_empty() {
            rows.retain(|row| changes.gone.binary_search(&row.path).is_err());
        }
        Self { rows: Arc::new(rows) }
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
    pub fn position(&self, path: &[u8]) -> Option<usize> {
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
            uses: [].into(),
        };
        Manifest::new(paths.iter().map(row).collect())
    }

    #[test]
    fn changes_lead_from_one_manifest_to_the_next() {
        let before = manifest(&["a", "b/c", "d", "e"]);
        let new = Row { len_bytes: 1, ..before.rows()[1].clone() };
        let put = [manifest(&["0"]).rows()[0].clone(), new.clone(), manifest(&["f"]).rows()[0].clone()];
        let gone = ["a", "e"].map(|path| OutPath::parse(path).unwrap());
        let after = before.with(&Changes { put: put.to_vec(), gone: gone.to_vec() });
        let paths: Vec<_> = after.rows().iter().map(|row| row.path.as_str()).collect();
        assert_eq!(paths, ["0", "b/c", "d", "f"]);
        assert_eq!(after.get(&new.path), Some(&new));
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
