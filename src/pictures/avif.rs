//! AVIF: for browsers, where it is smaller than WebP. Decoded it is nowhere: originals in AVIF are published as they are.
//!
//! The encoder is asked directly, not through `ravif`, which knows no halved colours and splits a picture into as many parts as the machine has
//! processors. With halved colours, as JPEG and our WebP have them, 8 bits and blocks of 8 to 16 pixels, files are a tenth to a fifth smaller at the
//! same likeness, and take two thirds of the time and half the memory.
//!
//! The bytes are the same on every machine, and on any number of threads: pixels are converted in whole numbers, a picture is one tile, the encoder is
//! built without threads and without the assembler that asks which processor it is on. Of what its decisions rest on, all is whole numbers or exact
//! operations of IEEE 754, but for one exponential per picture, which it has from the system's library: should two of those differ in the last bit, a
//! choice between two blocks that are equally good to sixteen digits could differ too.

use super::frame::Frame;

/// To be changed with anything here that decides a byte.
pub(super) const METHOD: u32 = 1;

/// The crates that decide the bytes, with their versions.
pub(super) const CODECS: [(&str, &str); 2] = [("avif-serialize", "0.8.9"), ("rav1e", "0.8.1")];

/// How many bytes the encoder needs beside the pixels, at most.
///
/// Measured, as heap: 17 to 20 bytes a pixel for pictures of 1,200 by 800 pixels, and 35 to 43 for those of 400 by 267.
pub(super) fn needed_bytes(width: u32, height: u32) -> u64 {
    4 * 1024 * 1024 + 24 * u64::from(width) * u64::from(height)
}

/// An AVIF with the look of a WebP of the same quality, from 1 to 100; none if the encoder makes nothing of it.
#[cfg(feature = "avif")]
pub(super) fn encoded(frame: &Frame, quality: u8) -> Option<Vec<u8>> {
    encoder::encoded(frame, quality)
}

/// None: this program is built without the feature `avif`.
#[cfg(not(feature = "avif"))]
pub(super) fn encoded(_: &Frame, _: u8) -> Option<Vec<u8>> {
    None
}

#[cfg(feature = "avif")]
mod encoder {
    use avif_serialize::Aviffy;
    use rav1e::prelude::{
        BlockSize, ChromaSampling, ColorDescription, ColorPrimaries, Config, Context, EncoderConfig, EncoderStatus,
        Frame as Planes, MatrixCoefficients, PartitionRange, PixelRange, Plane, Rational, SceneDetectionSpeed,
        SpeedSettings, TransferCharacteristics,
    };

    use crate::pictures::frame::Frame;

    /// Of 0 to 10. Slower ones saved no byte in a hundred.
    const SPEED: u8 = 9;

    /// The bits of a channel. With 10, files are as long, and need half as much memory again.
    const BITS: u8 = 8;

    /// The weights of red, green and blue in brightness and in the two colours (ITU-R BT.601), in parts of 65,536.
    const BRIGHTNESS: [i32; 3] = [19_595, 38_470, 7_471];
    const COLOURS: [[i32; 3]; 2] = [[-11_058, -21_710, 32_768], [32_768, -27_439, -5_329]];

    pub(super) fn encoded(frame: &Frame, quality: u8) -> Option<Vec<u8>> {
        let mut context: Context<u8> = config(frame, quality).new_context().ok()?;
        let mut planes = context.new_frame();
        fill(&mut planes, frame);
        context.send_frame(planes).ok()?;
        context.flush();
        let mut stream = Vec::new();
        loop {
            match context.receive_packet() {
                Ok(packet) => stream.extend(packet.data),
                Err(EncoderStatus::Encoded) => {}
                Err(EncoderStatus::LimitReached) => break,
                Err(_) => return None,
            }
        }
        // What it writes of colours if it is told nothing else is what `config` says: sRGB, by the matrix of BT.601, in the full range.
        let mut file = Aviffy::new();
        file.set_seq_profile(0).set_chroma_subsampling((true, true));
        Some(file.to_vec(&stream, None, frame.width, frame.height, BITS))
    }

    fn config(frame: &Frame, quality: u8) -> Config {
        let mut speed = SpeedSettings::from_preset(SPEED);
        speed.partition.partition_range = PartitionRange::new(BlockSize::BLOCK_8X8, BlockSize::BLOCK_16X16);
        speed.prediction.fine_directional_intra = false;
        speed.cdef = false;
        // There is one picture, and nothing before or after it.
        speed.rdo_lookahead_frames = 1;
        speed.scene_detection_mode = SceneDetectionSpeed::None;
        let (width, height) = (frame.width as usize, frame.height as usize);
        let once = Rational::new(1, 1);
        let quantizer = quantizer(quality);
        Config::new().with_encoder_config(EncoderConfig {
            width,
            height,
            time_base: once,
            bit_depth: BITS.into(),
            chroma_sampling: ChromaSampling::Cs420,
            pixel_range: PixelRange::Full,
            color_description: Some(ColorDescription {
                color_primaries: ColorPrimaries::BT709,
                transfer_characteristics: TransferCharacteristics::SRGB,
                matrix_coefficients: MatrixCoefficients::BT601,
            }),
            still_picture: true,
            min_key_frame_interval: 0,
            max_key_frame_interval: 0,
            quantizer: quantizer.into(),
            min_quantizer: quantizer,
            // More of them would be for threads, and a little larger.
            tiles: 1,
            speed_settings: speed,
            ..EncoderConfig::with_speed_preset(SPEED)
        })
    }

    /// How coarse the encoder may be, 0 to 255: as `ravif` counts, finer steps for high qualities.
    fn quantizer(quality: u8) -> u8 {
        let quality = u32::from(quality.min(100));
        let thousandths = match quality {
            0..=25 => (100 - quality) * 10,
            26..=81 => 875 - quality * 5,
            _ => (100 - quality) * 26,
        };
        u8::try_from((thousandths * 255 + 500) / 1000).unwrap_or(u8::MAX)
    }

    /// The rows of a plane, each with what lies beside the picture.
    fn rows(plane: &mut Plane<u8>) -> impl Iterator<Item = &mut [u8]> {
        let stride = plane.cfg.stride;
        plane.data_origin_mut().chunks_mut(stride)
    }

    /// Writes brightness for each pixel, and colours for each square of four.
    fn fill(planes: &mut Planes<u8>, frame: &Frame) {
        let (width, height, step) = (frame.width as usize, frame.height as usize, frame.depth.bytes());
        let pixel = |x: usize, y: usize| {
            // At an odd edge the last pixel counts twice.
            let at = (y.min(height - 1) * width + x.min(width - 1)) * step;
            [frame.pixels[at], frame.pixels[at + 1], frame.pixels[at + 2]].map(i32::from)
        };
        let weighed = |sums: [i32; 3], weights: [i32; 3]| -> i32 { sums.iter().zip(weights).map(|(a, b)| a * b).sum() };
        let byte = |value: i32| u8::try_from(value.clamp(0, 255)).expect("clamped to a byte");
        let [brightness, colours @ ..] = &mut planes.planes;
        for (y, row) in rows(brightness).take(height).enumerate() {
            for (x, value) in row.iter_mut().take(width).enumerate() {
                *value = byte((weighed(pixel(x, y), BRIGHTNESS) + (1 << 15)) >> 16);
            }
        }
        for (plane, weights) in colours.iter_mut().zip(COLOURS) {
            for (y, row) in rows(plane).take(height.div_ceil(2)).enumerate() {
                for (x, value) in row.iter_mut().take(width.div_ceil(2)).enumerate() {
                    let (x, y) = (2 * x, 2 * y);
                    let four = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
                    let sums = [0, 1, 2].map(|channel| four.iter().map(|pixel| pixel[channel]).sum());
                    *value = byte(((weighed(sums, weights) + (1 << 17)) >> 18) + 128);
                }
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::pictures::frame::Depth;

        #[test]
        fn colours_are_those_of_the_full_range_and_shared_by_four_pixels() {
            let (white, black, red, green, blue) = ([255; 3], [0; 3], [255, 0, 0], [0, 255, 0], [0, 0, 255]);
            let rows = [[red, red, blue], [red, red, blue], [white, black, green]];
            let frame = Frame { width: 3, height: 3, depth: Depth::Rgb, pixels: rows.as_flattened().concat() };
            let context: Context<u8> = config(&frame, 75).new_context().unwrap();
            let mut planes = context.new_frame();
            fill(&mut planes, &frame);
            let values = |plane: usize, side: usize| -> Vec<u8> {
                let at = |at: usize| planes.planes[plane].p(at % side, at / side);
                (0..side * side).map(at).collect()
            };
            assert_eq!(values(0, 3), [76, 76, 29, 76, 76, 29, 255, 0, 150]);
            assert_eq!(values(1, 2), [85, 255, 128, 44]);
            assert_eq!(values(2, 2), [255, 107, 128, 21]);
        }
    }
}

#[cfg(feature = "avif")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::frame::Depth;

    #[test]
    fn pictures_of_every_size_are_encoded() {
        for (width, height) in [(1, 1), (2, 1), (1, 70), (17, 3), (64, 64), (65, 33)] {
            let pixels = (0..width * height * 3).map(|at: u32| (at * 7 % 251).to_le_bytes()[0]).collect();
            let bytes = encoded(&Frame { width, height, depth: Depth::Rgb, pixels }, 75).unwrap();
            assert_eq!(&bytes[4..12], b"ftypavif");
            let size = imagesize::blob_size(&bytes).unwrap();
            assert_eq!((size.width, size.height), (width as usize, height as usize));
        }
    }

    #[test]
    fn a_higher_quality_has_more_bytes() {
        let pixels = (0..48 * 32 * 3_u32).map(|at| (at * at / 7 % 251).to_le_bytes()[0]).collect();
        let frame = Frame { width: 48, height: 32, depth: Depth::Rgb, pixels };
        let sizes = [1, 25, 26, 50, 75, 81, 82, 100].map(|quality| encoded(&frame, quality).unwrap().len());
        assert!(sizes.is_sorted_by(|lower, higher| lower < higher), "{sizes:?}");
    }
}
