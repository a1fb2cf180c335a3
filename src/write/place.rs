//! Where an output folder lies, and where none may be.

use std::path::{Path, PathBuf};

use super::{
    Error, Options,
    disk::{self, Kind},
};

/// The folders of a site that hold what its authors wrote.
const SOURCES: [&str; 4] = ["content", "data", "static", "templates"];

/// The names that belong to an output folder. All are absolute, and lead through no link but `public` itself.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The output folder, or our link to it.
    pub public: PathBuf,
    /// The folder that it lies in.
    pub parent: PathBuf,
    /// The folder beside it that holds our state.
    pub state: PathBuf,
    /// Whether `public` is a link into `state`, made by us.
    pub is_link: bool,
}

impl Place {
    /// Finds out where `out` leads, and refuses what can only be a mistake. Changes nothing.
    pub(super) fn resolve(out: &Path, site_root: &Path, options: &Options) -> Result<Self, Error> {
        let public = lead(out)?;
        refuse_dangerous(&public, site_root, options)?;
        let (Some(parent), Some(name)) = (public.parent(), public.file_name()) else {
            return Err(Error::refused("the output folder has no name", "name a folder of its own, such as `public`"));
        };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".letterpress");
        let state = parent.join(hidden);
        let parent = parent.to_path_buf();
        let is_link = is_own_link(&public, &state);
        let place = Self { public, parent, state, is_link };
        place.refuse_what_is_no_folder()?;
        Ok(place)
    }

    /// The name of a file or folder of our state.
    pub(super) fn own(&self, name: &str) -> PathBuf {
        self.state.join(name)
    }

    /// The name that `public` shows, for messages.
    pub(super) fn shown(&self) -> std::path::Display<'_> {
        self.public.display()
    }

    fn refuse_what_is_no_folder(&self) -> Result<(), Error> {
        let facts = disk::stat(&self.public).map_err(Error::disk("look at", &self.public))?;
        if !self.is_link && facts.is_some_and(|facts| facts.kind != Kind::Folder) {
            return Err(Error::refused(
                format!("{} is not a folder", self.shown()),
                "move it away, or name another output folder",
            ));
        }
        let facts = disk::stat(&self.state).map_err(Error::disk("look at", &self.state))?;
        if facts.is_some_and(|facts| facts.kind != Kind::Folder) {
            return Err(Error::refused(
                format!("{} is not a folder, and Letterpress keeps its state there", self.state.display()),
                "move it away",
            ));
        }
        Ok(())
    }
}

/// Where a path leads: through every link, but not through our own one at its end. The end of it may not exist yet.
fn lead(out: &Path) -> Result<PathBuf, Error> {
    let looking = || Error::disk("look at", out);
    let mut missing = Vec::new();
    let mut at = out;
    loop {
        let facts = disk::stat(at).map_err(looking())?;
        let Some(name) = at.file_name() else {
            // `/`, or a path that ends in `..` or begins here.
            let here = if at.as_os_str().is_empty() { Path::new(".") } else { at };
            let mut place = here.canonicalize().map_err(looking())?;
            place.extend(missing.iter().rev());
            return Ok(place);
        };
        if let Some(facts) = facts {
            let above = match at.parent() {
                Some(above) if !above.as_os_str().is_empty() => above,
                _ => Path::new("."),
            };
            let above = above.canonicalize().map_err(looking())?;
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(".letterpress");
            let mut place = if missing.is_empty() && is_own_link(at, &above.join(hidden)) {
                above.join(name)
            } else if facts.kind == Kind::Link {
                at.canonicalize().map_err(|_| {
                    Error::refused(
                        format!("{} is a link that leads to nothing", at.display()),
                        "make the folder that it names, or remove the link",
                    )
                })?
            } else {
                at.canonicalize().map_err(looking())?
            };
            place.extend(missing.iter().rev());
            return Ok(place);
        }
        missing.push(name);
        at = at.parent().unwrap_or(Path::new(""));
    }
}

/// Whether `public` is the link that we make where folders can't be exchanged.
fn is_own_link(public: &Path, state: &Path) -> bool {
    let Ok(target) = std::fs::read_link(public) else { return false };
    let in_state = target.parent().is_some_and(|parent| parent.as_os_str() == state.file_name().unwrap_or_default());
    in_state && matches!(target.file_name().and_then(|name| name.to_str()), Some("a" | "b"))
}

/// Refuses folders that someone would lose work in. `--adopt` does not help here.
fn refuse_dangerous(public: &Path, site_root: &Path, options: &Options) -> Result<(), Error> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let refuse = |why: &str| {
        let why = format!("{} can't be the output folder: {why}", public.display());
        Err(Error::refused(why, "name a folder of its own, such as `public`"))
    };
    if public.parent().is_none() {
        return refuse("it is the root of the file system");
    }
    if options.home.as_deref().is_some_and(|home| real(home).starts_with(public)) {
        return refuse("it is your home folder, or holds it");
    }
    let root = real(site_root);
    if root.starts_with(public) {
        return refuse("it is the site's own folder, or holds it");
    }
    for name in SOURCES {
        let sources = real(&root.join(name));
        if public.starts_with(&sources) {
            return refuse(&format!("it is in the site's `{name}/`"));
        }
        if sources.starts_with(public) {
            return refuse(&format!("it holds the site's `{name}/`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn folders_with_someones_work_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let base = temp.path().canonicalize().unwrap();
        let site = base.join("home/site");
        for folder in ["content/politics", "static", "public", "build"] {
            std::fs::create_dir_all(site.join(folder)).unwrap();
        }
        std::fs::create_dir_all(base.join("elsewhere/templates")).unwrap();
        std::os::unix::fs::symlink(base.join("elsewhere/templates"), site.join("templates")).unwrap();
        std::os::unix::fs::symlink("content", site.join("sly")).unwrap();
        std::os::unix::fs::symlink("nowhere", site.join("dangling")).unwrap();
        std::os::unix::fs::symlink("build", site.join("www")).unwrap();
        File::create_new(site.join("site.yaml")).unwrap();
        let options = Options { home: Some(base.join("home")), ..Options::default() };
        let resolve = |out: &str| Place::resolve(&site.join(out), &site, &options);
        for out in [
            "/",
            "/home/..",
            ".",
            "..",
            "../..",
            "content/..",
            "public/..",
            "content",
            "content/",
            "content/politics",
            "content/new/deep",
            "static",
            "static/out",
            "data",
            "data/x",
            "templates",
            "templates/new",
            "sly",
            "sly/new",
            "dangling",
            "site.yaml",
            "../../elsewhere",
            "../../elsewhere/templates",
        ] {
            assert!(matches!(resolve(out), Err(Error::Refused { .. })), "{out}");
        }
        let check = |out: &str, public: &str| assert_eq!(resolve(out).unwrap().public, site.join(public), "{out}");
        check("public", "public");
        check("public/", "public");
        check("./public/../public", "public");
        check("www", "build");
        check("www/inner", "build/inner");
        check("new/deep", "new/deep");
        check("contents", "contents");
        assert_eq!(resolve("../../www").unwrap().state, base.join(".www.letterpress"));
        assert_eq!(disk::list(&site).unwrap().len(), 9, "nothing was made");
    }
}
