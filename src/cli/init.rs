//! `letterpress init`: a small site that builds at once.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::Args;

use super::{Common, print::Printer};
use crate::model::Zone;

/// The arguments of `init`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// The folder of the new site; it is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// The files of a new site; `{date}` is the moment of its making.
const FILES: &[(&str, &str)] = &[
    ("site.yaml", include_str!("init/site.yaml")),
    ("content/_index.md", include_str!("init/_index.md")),
    ("content/about.md", include_str!("init/about.md")),
    ("content/authors/sam-porter.md", include_str!("init/sam-porter.md")),
    ("content/news/_index.md", include_str!("init/news.md")),
    ("content/news/hello.md", include_str!("init/hello.md")),
    ("content/news/how-a-story-is-written.md", include_str!("init/how-a-story-is-written.md")),
    (".gitignore", include_str!("init/gitignore")),
];

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let folder = &common.root.join(&arguments.folder);
    let shown = folder.strip_prefix(".").unwrap_or(folder);
    let is_here = shown.as_os_str().is_empty();
    let shown = if is_here { "this folder".to_owned() } else { shown.display().to_string() };
    if let Some((taken, _)) = FILES.iter().find(|(name, _)| folder.join(name).exists() && *name != ".gitignore") {
        bail!("{shown} holds a site already ({taken} is there); choose another folder");
    }
    if folder.join("content").exists() {
        bail!("{shown} has a folder `content` already; choose another folder");
    }
    let now = super::as_of(None).iso(&Zone::utc());
    for (name, text) in FILES {
        write_new(&folder.join(name), &text.replace("{date}", &now))?;
    }
    let place = if is_here { String::new() } else { format!("cd {shown} && ") };
    printer.say(&format!("a new site is in {shown}\nnext: {place}letterpress serve"));
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that is not there yet; one that is stays as it is.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let parent = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
    match fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot write {}", path.display())),
    }
}
