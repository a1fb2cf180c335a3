//! Pixels, and what is done to them: turned, scaled, cropped.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use super::{Focus, embedded::Orientation};

/// A picture in memory, row by row, with red, green and blue for each pixel, and how much hides what is behind it.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) depth: Depth,
    pub(super) pixels: Vec<u8>,
}

/// The bytes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, opacity.
    Rgba,
}

/// A part of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Depth {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    fn pixel_type(self) -> PixelType {
        match self {
            Self::Rgb => PixelType::U8x3,
            Self::Rgba => PixelType::U8x4,
        }
    }
}

/// A length scaled by a ratio, rounded, and at least 1.
pub(super) fn scaled(length: u32, by: u32, of: u32) -> u32 {
    let (length, by, of) = (u64::from(length), u64::from(by), u64::from(of.max(1)));
    u32::try_from((length * by + of / 2) / of).unwrap_or(u32::MAX).max(1)
}

/// The largest part of a picture that has a shape and lies as near around a point as it can.
pub(super) fn crop(width: u32, height: u32, shape: (u32, u32), focus: Focus) -> Part {
    let is_wider = u64::from(width) * u64::from(shape.1) >= u64::from(height) * u64::from(shape.0);
    let (part_width, part_height) = if is_wider {
        (scaled(height, shape.0, shape.1).min(width), height)
    } else {
        (width, scaled(width, shape.1, shape.0).min(height))
    };
    let begin = |whole: u32, part: u32, thousandths: u16| {
        scaled(whole, u32::from(thousandths), 1000).saturating_sub(part / 2).min(whole - part)
    };
    Part {
        left: begin(width, part_width, focus.x),
        top: begin(height, part_height, focus.y),
        width: part_width,
        height: part_height,
    }
}

impl Frame {
    /// Of the whole of it, so many pixels.
    ///
    /// None if there is no memory for it.
    pub(super) fn scaled_to(&self, width: u32, height: u32) -> Option<Self> {
        let whole = Part { left: 0, top: 0, width: self.width, height: self.height };
        self.part_scaled_to(whole, width, height)
    }

    /// Of a part of it, so many pixels.
    pub(super) fn part_scaled_to(&self, part: Part, width: u32, height: u32) -> Option<Self> {
        if (part.width, part.height, width, height) == (self.width, self.height, self.width, self.height) {
            return Some(self.clone());
        }
        let source = ImageRef::new(self.width, self.height, &self.pixels, self.depth.pixel_type()).ok()?;
        let mut target = Image::new(width, height, self.depth.pixel_type());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).crop(
            part.left.into(),
            part.top.into(),
            part.width.into(),
            part.height.into(),
        );
        Resizer::new().resize(&source, &mut target, &options).ok()?;
        Some(Self { width, height, depth: self.depth, pixels: target.into_vec() })
    }

    /// As it is to be looked at.
    pub(super) fn upright(self, orientation: Orientation) -> Self {
        if orientation == Orientation::Upright {
            return self;
        }
        let (width, height) = if orientation.turns() { (self.height, self.width) } else { (self.width, self.height) };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        let (last_column, last_row) = (self.width - 1, self.height - 1);
        for y in 0..height {
            for x in 0..width {
                let (column, row) = match orientation {
                    Orientation::Upright => (x, y),
                    Orientation::Mirrored => (last_column - x, y),
                    Orientation::UpsideDown => (last_column - x, last_row - y),
                    Orientation::Flipped => (x, last_row - y),
                    Orientation::Transposed => (y, x),
                    Orientation::QuarterRight => (y, last_row - x),
                    Orientation::Transversed => (last_column - y, last_row - x),
                    Orientation::QuarterLeft => (last_column - y, x),
                };
                pixels.extend_from_slice(self.pixel(column, row));
            }
        }
        Self { width, height, depth: self.depth, pixels }
    }

    fn pixel(&self, column: u32, row: u32) -> &[u8] {
        let at = (row as usize * self.width as usize + column as usize) * self.depth.bytes();
        &self.pixels[at..at + self.depth.bytes()]
    }

    /// Without opacity, if every pixel hides what is behind it.
    pub(super) fn without_idle_opacity(self) -> Self {
        if self.depth == Depth::Rgb || self.pixels.chunks_exact(4).any(|pixel| pixel[3] != 255) {
            return self;
        }
        let pixels = self.pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Self { depth: Depth::Rgb, pixels, ..self }
    }

    /// The colours of it, sorted, if they are not more than `most`.
    pub(super) fn colours(&self, most: usize) -> Option<Vec<[u8; 4]>> {
        let mut found: Vec<[u8; 4]> = Vec::new();
        let mut last = None;
        for pixel in self.pixels.chunks_exact(self.depth.bytes()) {
            let colour = [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(255)];
            // Drawings have long runs of one colour.
            if last == Some(colour) {
                continue;
            }
            last = Some(colour);
            if let Err(at) = found.binary_search(&colour) {
                if found.len() == most {
                    return None;
                }
                found.insert(at, colour);
            }
        }
        Some(found)
    }

    /// The mean of all colours; none if something is seen through.
    pub(super) fn mean(&self) -> Option<[u8; 3]> {
        if self.depth == Depth::Rgba {
            return None;
        }
        let mut sums = [0_u64; 3];
        for pixel in self.pixels.chunks_exact(3) {
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += u64::from(*value);
            }
        }
        let count = u64::from(self.width) * u64::from(self.height);
        Some(sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six pixels of two rows, named by letters.
    fn letters(width: u32, height: u32, letters: &str) -> Frame {
        Frame { width, height, depth: Depth::Rgb, pixels: letters.bytes().flat_map(|letter| [letter; 3]).collect() }
    }

    #[test]
    fn pictures_are_turned() {
        let check = |orientation: Orientation, width: u32, height: u32, expected: &str| {
            let turned = letters(3, 2, "abcdef").upright(orientation);
            assert_eq!((turned.width, turned.height), (width, height), "{orientation:?}");
            assert_eq!(turned.pixels, letters(width, height, expected).pixels, "{orientation:?}");
        };
        check(Orientation::Upright, 3, 2, "abcdef");
        check(Orientation::Mirrored, 3, 2, "cbafed");
        check(Orientation::UpsideDown, 3, 2, "fedcba");
        check(Orientation::Flipped, 3, 2, "defabc");
        check(Orientation::Transposed, 2, 3, "adbecf");
        check(Orientation::QuarterRight, 2, 3, "daebfc");
        check(Orientation::Transversed, 2, 3, "fcebda");
        check(Orientation::QuarterLeft, 2, 3, "cfbead");
    }

    #[test]
    fn crops_keep_the_focus_and_stay_inside() {
        let check = |shape: (u32, u32), focus: (f64, f64), expected: (u32, u32, u32, u32)| {
            let Part { left, top, width, height } = crop(4000, 3000, shape, focus.into());
            assert_eq!((left, top, width, height), expected, "{shape:?} {focus:?}");
        };
        check((16, 9), (0.5, 0.5), (0, 375, 4000, 2250));
        check((16, 9), (0.5, 0.0), (0, 0, 4000, 2250));
        check((16, 9), (0.5, 1.0), (0, 750, 4000, 2250));
        check((4, 3), (0.1, 0.9), (0, 0, 4000, 3000));
        check((1, 1), (0.5, 0.5), (500, 0, 3000, 3000));
        check((1, 1), (0.4, 0.5), (100, 0, 3000, 3000));
        check((1, 1), (1.0, 0.5), (1000, 0, 3000, 3000));
    }

    #[test]
    fn a_crop_of_the_least_picture_is_one_pixel() {
        assert_eq!(crop(1, 1, (16, 9), Focus::MIDDLE), Part { left: 0, top: 0, width: 1, height: 1 });
    }
}
