//! Where foreign bytes go that stand in our way.

use std::{io::ErrorKind, path::Path};

use super::{
    Error, Folder, Kept,
    disk::{self, Kind},
};

/// Gives a file of `tree` a name under `kept/`, by link where that can be, else by copying it. The file itself stays where it is.
pub(super) fn keep(folder: &Folder, tree: &Path, path: &Path, generation: u64) -> Result<Kept, Error> {
    let from = tree.join(path);
    let looking = || Error::disk("look at", &from);
    let found = disk::stat(&from).map_err(looking())?;
    let found = found.ok_or_else(|| looking()(ErrorKind::NotFound.into()))?;
    // An attempt that was killed may have kept the same file already, or another one where this one goes.
    for number in 1.. {
        let name = if number == 1 { format!("kept/{generation}") } else { format!("kept/{generation}~{number}") };
        let now_at = folder.place.own(&name).join(path);
        let disk = &*folder.disk;
        let result = disk::with_parents(disk, &now_at, |now_at| match disk.link(&from, now_at) {
            Err(error) if is_unlinkable(error.kind()) && found.kind == Kind::Link => {
                disk.point(now_at, &std::fs::read_link(&from)?)
            }
            Err(error) if is_unlinkable(error.kind()) => disk.create_from(now_at, &mut disk::open(&from)?).map(drop),
            result => result,
        });
        match result {
            Ok(()) => return Ok(Kept { path: path.to_path_buf(), now_at }),
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) => {
                if disk::stat(&now_at)
                    .map_err(Error::disk("look at", &now_at))?
                    .is_some_and(|kept| kept.inode == found.inode)
                {
                    return Ok(Kept { path: path.to_path_buf(), now_at });
                }
            }
            Err(error) => return Err(Error::disk("keep someone else's file as", &now_at)(error)),
        }
    }
    unreachable!("some number is free")
}

/// Whether a file can have no second name for a reason that a copy does not share.
pub(super) fn is_unlinkable(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::PermissionDenied | ErrorKind::TooManyLinks | ErrorKind::Unsupported | ErrorKind::CrossesDevices
    )
}
