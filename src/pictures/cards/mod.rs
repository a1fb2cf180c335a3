//! Social cards: a drawing of lines and text becomes a PNG of 1,200 by 630 pixels, drawn once and kept in the store.
//!
//! This part owns the fonts, how text is measured and broken, and the drawing; it knows no stories. The fonts are compiled in, and no other is ever
//! looked for, nor any file or address that a drawing names: so a card has the same bytes wherever it is drawn.

#[cfg(feature = "social-cards")]
mod draw;
#[cfg(feature = "social-cards")]
mod layout;

#[cfg(feature = "social-cards")]
pub use draw::{Fault, drawn};
#[cfg(feature = "social-cards")]
pub use layout::{Block, Line, block, can_show, line};

/// The size of a card, width and height: what Open Graph and X show without cutting.
pub const SIZE: (u32, u32) = (1200, 630);

/// What decides the pixels of a card besides its drawing. A change of fonts, measures or of the renderer raises it, so that no older card is taken for one.
#[cfg(feature = "social-cards")]
pub const METHOD: u32 = 1;

/// The weights of the font.
#[cfg(feature = "social-cards")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// For names.
    Regular,
    /// For headlines.
    Bold,
}

#[cfg(feature = "social-cards")]
impl Weight {
    fn font(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("fonts/letterpress-serif-regular.ttf"),
            Self::Bold => include_bytes!("fonts/letterpress-serif-bold.ttf"),
        }
    }
}
