//! The colour that stands in a picture's place until it is there.
//!
//! It has to reach the page without JavaScript, and without a `style` attribute, which the content security policy forbids. A blurred miniature
//! would have to be inlined as a `data:` address of some hundred bytes in every `srcset`-bearing tag, or cost a request. So it is a colour of a fixed
//! palette: an attribute `data-tone="h3s1l2"` names hue, saturation and lightness, and twenty short rules of the style sheet give them meaning, which
//! makes 180 colours. It costs 19 bytes a picture, and nothing to paint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A colour of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tone {
    /// The twelfth of the circle of hues, red first.
    hue: u8,
    /// Grey, muted or full.
    saturation: u8,
    /// From dark to light, five steps.
    lightness: u8,
}

impl Tone {
    /// The colour of the palette that is nearest to one of red, green and blue.
    ///
    /// In whole numbers, so that it is the same on every machine.
    #[cfg_attr(
        not(any(feature = "pictures", test)),
        expect(dead_code, reason = "without the feature no picture is looked at")
    )]
    pub(super) fn nearest_to([red, green, blue]: [u8; 3]) -> Self {
        let (red, green, blue) = (i32::from(red), i32::from(green), i32::from(blue));
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let (sum, range) = (most + least, most - least);
        let saturation = if range == 0 { 0 } else { range * 1000 / if sum <= 255 { sum } else { 510 - sum } };
        let degrees = match range {
            0 => 0,
            _ if most == red => 60 * (green - blue) / range,
            _ if most == green => 120 + 60 * (blue - red) / range,
            _ => 240 + 60 * (red - green) / range,
        };
        let step = |number: i32| u8::try_from(number).unwrap_or(0);
        Self {
            hue: step((degrees + 375) / 30 % 12),
            saturation: if saturation < 100 { 0 } else { 1 + u8::from(saturation >= 420) },
            lightness: step((sum * 5 / 511).min(4)),
        }
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "h{}s{}l{}", self.hue, self.saturation, self.lightness)
    }
}

#[cfg(test)]
mod tests {
    use super::Tone;

    #[test]
    fn a_colour_has_a_neighbour_in_the_palette() {
        let check = |colour: [u8; 3], tone: &str| assert_eq!(Tone::nearest_to(colour).to_string(), tone, "{colour:?}");
        check([0, 0, 0], "h0s0l0");
        check([255, 255, 255], "h0s0l4");
        check([255, 0, 0], "h0s2l2");
        check([255, 0, 20], "h0s2l2");
        check([0, 255, 0], "h4s2l2");
        check([0, 0, 255], "h8s2l2");
        check([120, 130, 150], "h7s1l2");
        check([40, 44, 40], "h4s0l0");
    }
}
