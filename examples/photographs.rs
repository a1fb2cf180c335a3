//! Makes photographs for `bench/pictures`: shapes with soft edges, in light from one side, and the noise of a sensor.
//!
//! `photographs DIR COUNT [FIRST]` writes `DIR/0000.jpg` and so on, each of 4,000 by 3,000 pixels, about 4 MB, and another picture than all others.

use std::{env, fs, path::Path};

use anyhow::Context as _;
use rayon::prelude::*;

const WIDTH: u16 = 4000;
const HEIGHT: u16 = 3000;

/// The quality that telephones write at.
const QUALITY: u8 = 90;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, count, rest @ ..] = arguments.as_slice() else { anyhow::bail!("photographs DIR COUNT [FIRST]") };
    let first: u32 = rest.first().map_or(Ok(0), |first| first.parse())?;
    let count: u32 = count.parse()?;
    fs::create_dir_all(folder)?;
    (first..first + count).into_par_iter().try_for_each(|number| {
        let path = Path::new(folder).join(format!("{number:04}.jpg"));
        let encoder = jpeg_encoder::Encoder::new_file(&path, QUALITY)?;
        let pixels = photograph(number);
        encoder.encode(&pixels, WIDTH, HEIGHT, jpeg_encoder::ColorType::Rgb).with_context(|| path.display().to_string())
    })
}

/// Numbers that look like chance, and are the same on every machine.
struct Chance(u32);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    fn below(&mut self, most: u32) -> i32 {
        i32::try_from(self.next() % most).expect("the most is small")
    }
}

fn photograph(number: u32) -> Vec<u8> {
    let mut chance = Chance(0x9e37_79b9 ^ (number + 1).wrapping_mul(0x85eb_ca6b));
    let (width, height) = (i32::from(WIDTH), i32::from(HEIGHT));
    // Ellipses: where, how large, which colour.
    let shapes: Vec<[i32; 7]> = (0..24)
        .map(|_| {
            let place = [chance.below(4000), chance.below(3000), 80 + chance.below(700), 80 + chance.below(500)];
            let colour = [chance.below(160), chance.below(160), chance.below(160)];
            [place[0], place[1], place[2], place[3], colour[0], colour[1], colour[2]]
        })
        .collect();
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 3);
    for y in 0..height {
        let crossed: Vec<&[i32; 7]> = shapes.iter().filter(|shape| (y - shape[1]).abs() < shape[3]).collect();
        for x in 0..width {
            let light = 40 + x * 60 / width + (height - y) * 50 / height;
            let mut colour = [light, light, light + 20];
            for [left, top, across, down, red, green, blue] in &crossed {
                let (dx, dy) = ((x - left) * 256 / across, (y - top) * 256 / down);
                let inside = (65_536 - dx * dx - dy * dy).clamp(0, 4096);
                for (value, own) in colour.iter_mut().zip([red, green, blue]) {
                    *value += (own - *value / 2) * inside / 4096;
                }
            }
            let (grain, tint) = (chance.below(13) - 6, chance.below(5) - 2);
            let texture = ((x * x / 97 + y * y / 61) % 23) - 11;
            for value in [colour[0] + grain + texture, colour[1] + grain, colour[2] + grain + tint] {
                pixels.push(u8::try_from(value.clamp(0, 255)).expect("clamped"));
            }
        }
    }
    pixels
}
