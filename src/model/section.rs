//! Where a section stands among the sections.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::Slug;

/// The slugs of a section and of those above it, joined by `/`: `politics` or `politics/local`. Never empty. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SectionKey(Arc<str>);

impl SectionKey {
    /// The section that a folder below `content/` stands for.
    ///
    /// A folder named by digits only is for filing and adds nothing; none if nothing else is left.
    pub fn from_folder(folder: &str) -> Option<Self> {
        let slugs: Vec<String> = folder
            .split('/')
            .filter(|name| !is_filing(name))
            .filter_map(|name| Slug::from_headline(name).map(|slug| slug.as_str().to_owned()))
            .collect();
        (!slugs.is_empty()).then(|| Self(slugs.join("/").into()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The section above, if there is one.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.into()))
    }

    /// This section, then each above it.
    pub fn ancestry(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// The last slug.
    pub fn slug(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for SectionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a folder's name is for filing only: `2026`, `11`.
pub fn is_filing(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}
