//! Plain types that every room shares, each with its invariant. No input or output, no policy.

mod digest;
mod label;
mod lookup;
mod partial_date;
mod path;
mod section;
mod slug;
mod text;
mod time;

pub use digest::Digest;
pub(crate) use label::words;
pub use label::{CorrectionKind, Label, Paywall, Taxonomy};
pub use lookup::Lookup;
pub use partial_date::PartialDate;
pub use path::{OutPath, PathFault, SourcePath, UrlPath, ending, is_picture, is_web_address};
pub use section::{SectionKey, is_filing};
pub use slug::Slug;
pub use text::{Inline, Reference, Span, fold_headline, nearest};
pub use time::{Civil, Moment, Precision, TimeFault, Timestamp, Zone, weekday};
