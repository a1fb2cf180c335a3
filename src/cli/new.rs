//! `letterpress new`.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::Args;

use super::{Common, print::Printer};
use crate::{
    model::{Slug, Timestamp},
    parse::yaml,
    pipeline,
    relate::RESERVED,
};

/// The arguments of `new`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// The headline
    headline: String,
    /// The section's folder below `content/`
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
    /// An author's id or name; may be given several times
    #[arg(long = "author", value_name = "AUTHOR")]
    authors: Vec<String>,
    /// Make a folder for the article and its own pictures
    #[arg(long)]
    bundle: bool,
    /// The clock, instead of now
    #[arg(long, value_name = "INSTANT", value_parser = super::instant)]
    as_of: Option<Timestamp>,
}

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let headline = arguments.headline.trim();
    let Some(slug) = Slug::from_headline(headline) else {
        bail!("nothing of this headline can stand in an address; write one with a letter or digit in it");
    };
    let section = arguments.section.as_deref().unwrap_or_default().trim_matches('/');
    if section.split('/').any(|part| part == ".." || part == "." || part.contains('\\')) {
        bail!("`{section}` is no folder below `content/`");
    }
    let first = section.split('/').next().unwrap_or_default();
    if RESERVED.contains(&first) {
        bail!("`content/{first}/` holds no articles; name a section, such as `--section news`");
    }
    let config = match pipeline::config(&common.root, None) {
        Ok(config) => config,
        Err(failure) => {
            printer.failure(&failure);
            return Ok(ExitCode::FAILURE);
        }
    };
    let now = super::as_of(arguments.as_of).iso(&config.zone);
    let name = if arguments.bundle { format!("{slug}/index.md") } else { format!("{slug}.md") };
    let relative: PathBuf = ["content", section, &name].iter().filter(|part| !part.is_empty()).collect();
    let path = common.root.join(&relative);
    let folder = path.parent().context("an article lies in a folder")?;
    let is_new_section = !section.is_empty() && !common.root.join("content").join(section).exists();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let text = front_matter(headline, &slug, &now, &arguments.authors);
    // An article that is there is never overwritten, whoever wrote it a moment ago.
    let mut file = match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} is there already; choose another headline, or edit that file", relative.display())
        }
        Err(error) => return Err(error).with_context(|| format!("cannot write {}", path.display())),
    };
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    let also = if is_new_section { format!(", in the new section `{section}`") } else { String::new() };
    printer.say(&format!("{} is a draft{also}; take `draft: true` out to publish it", relative.display()));
    Ok(ExitCode::SUCCESS)
}

fn front_matter(headline: &str, slug: &Slug, now: &str, authors: &[String]) -> String {
    let day = &now[..10];
    let authors: Vec<String> = authors.iter().map(|author| yaml::scalar(author)).collect();
    format!(
        "---\ntitle: {}\ndate: {now}\nid: {}-{slug}\nauthors: [{}]\nstandfirst: \"\"\ntags: []\ndraft: true\n---\n\n",
        yaml::scalar(headline),
        day.replace('-', ""),
        authors.join(", "),
    )
}
