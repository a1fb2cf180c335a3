//! Makes photographs for `bench/pictures`: shapes with soft edges, detail of every size, light from one side, and the noise of a sensor.
//!
//! `photographs DIR COUNT [FIRST]` writes `DIR/0000.jpg` and so on, each of 4,000 by 3,000 pixels, about 4 MB, and another picture than all others.

use std::{env, fs, path::Path};

use anyhow::Context as _;
use rayon::prelude::*;

const WIDTH: u16 = 4000;
const HEIGHT: u16 = 3000;

/// The quality that telephones write at.
const QUALITY: u8 = 90;

/// How strong detail of one size is; with this, originals have 3 to 5 MB, and a WebP of 1,200 pixels about what one of a press photograph has.
const DETAIL: u32 = 24;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, count, rest @ ..] = arguments.as_slice() else { anyhow::bail!("photographs DIR COUNT [FIRST]") };
    let first: u32 = rest.first().map_or(Ok(0), |first| first.parse())?;
    let count: u32 = count.parse()?;
    fs::create_dir_all(folder)?;
    (first..first + count).into_par_iter().try_for_each(|number| {
        let path = Path::new(folder).join(format!("{number:04}.jpg"));
        let mut encoder = jpeg_encoder::Encoder::new_file(&path, QUALITY)?;
        // As telephones do.
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
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

/// Detail of one size: chance values at the corners of cells, and what lies between them.
struct Grain {
    /// Two to this power is the side of a cell in pixels.
    power: usize,
    columns: usize,
    corners: Vec<i32>,
}

impl Grain {
    /// Values from -`most` to `most`.
    fn new(power: usize, most: u32, chance: &mut Chance) -> Self {
        let columns = (usize::from(WIDTH) >> power) + 2;
        let rows = (usize::from(HEIGHT) >> power) + 2;
        let centre = i32::try_from(most).expect("the most is small");
        let corners = (0..columns * rows).map(|_| chance.below(2 * most + 1) - centre).collect();
        Self { power, columns, corners }
    }

    /// The values along a row of pixels, 16 times as large.
    fn along(&self, y: usize, add: &mut [i32]) {
        let side = 1 << self.power;
        let (row, below) = (y >> self.power, i32::try_from(y % side).expect("a cell is small"));
        let part = i32::try_from(side).expect("a cell is small");
        let corners = self.corners[row * self.columns..].iter().zip(&self.corners[(row + 1) * self.columns..]);
        let edge: Vec<i32> = corners
            .take(self.columns)
            .map(|(above, under)| (above * (part - below) + under * below) * 16 / part)
            .collect();
        for (cell, values) in add.chunks_mut(side).enumerate() {
            let (left, step) = (edge[cell] * part, edge[cell + 1] - edge[cell]);
            let mut sum = left;
            for value in values {
                *value += sum >> self.power;
                sum += step;
            }
        }
    }
}

/// Shapes in light from one side. Detail is as strong in every size as in the next, as in what cameras see, so that small renditions have
/// as much of it as large ones; some regions have little of it, as a sky has. Above all lies the noise of a sensor.
fn photograph(number: u32) -> Vec<u8> {
    let mut chance = Chance(0x9e37_79b9 ^ (number + 1).wrapping_mul(0x85eb_ca6b));
    let (width, height) = (usize::from(WIDTH), usize::from(HEIGHT));
    // Ellipses: where, how large, which colour.
    let shapes: Vec<[i32; 7]> = (0..24)
        .map(|_| {
            let place = [chance.below(4000), chance.below(3000), 80 + chance.below(700), 80 + chance.below(500)];
            let colour = [chance.below(160), chance.below(160), chance.below(160)];
            [place[0], place[1], place[2], place[3], colour[0], colour[1], colour[2]]
        })
        .collect();
    let details: Vec<Grain> = (1..=8).map(|power| Grain::new(power, DETAIL, &mut chance)).collect();
    let regions = Grain::new(9, 100, &mut chance);
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        let (mut detail, mut busy) = (vec![0; width], vec![0; width]);
        for grain in &details {
            grain.along(y, &mut detail);
        }
        regions.along(y, &mut busy);
        let down = i32::try_from(y).expect("a picture is small");
        let crossed: Vec<&[i32; 7]> = shapes.iter().filter(|shape| (down - shape[1]).abs() < shape[3]).collect();
        for (x, (detail, busy)) in (0..).zip(detail.into_iter().zip(busy)) {
            let light = 40 + x * 60 / i32::from(WIDTH) + (i32::from(HEIGHT) - down) * 50 / i32::from(HEIGHT);
            let mut colour = [light, light, light + 20];
            for [left, top, across, high, red, green, blue] in &crossed {
                let (dx, dy) = ((x - left) * 256 / across, (down - top) * 256 / high);
                let inside = (65_536 - dx * dx - dy * dy).clamp(0, 4096);
                for (value, own) in colour.iter_mut().zip([red, green, blue]) {
                    *value += (own - *value / 2) * inside / 4096;
                }
            }
            let texture = detail * (busy + 800).clamp(60, 1600) / (16 * 800);
            let (noise, tint) = (chance.below(7) - 3, chance.below(5) - 2);
            for value in
                [colour[0] + texture + noise, colour[1] + texture + noise, colour[2] + texture * 3 / 4 + noise + tint]
            {
                pixels.push(u8::try_from(value.clamp(0, 255)).expect("clamped"));
            }
        }
    }
    pixels
}
