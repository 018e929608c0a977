import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelCard, ResizeFit } from "@convkit/schema";
import { resize } from "@convkit/transforms";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { encodePicture } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import {
  decodeImage,
  decodeOptionsOf,
  ImageDecodeError,
  inspectPicture,
  isScaledByDecoder,
} from "./decode-image.js";

/** 2 pixels wide, 1 high: red, then blue. */
const RED_BLUE = sharp(Buffer.from([255, 0, 0, 0, 0, 255]), { raw: { width: 2, height: 1, channels: 3 } });

describe("decodeImage", () => {
  it("gives the pixels of bytes and of a path", async () => {
    const bytes = await RED_BLUE.clone().png().toBuffer();
    const path = join(await temporaryFolder(), "picture.png");
    await writeFile(path, bytes);
    for (const input of [bytes, path]) {
      const { data, ...shape } = await decodeImage(input, { channels: 3 });
      expect(shape).toEqual({ height: 1, width: 2, channels: 3 });
      expect([...data]).toEqual([255, 0, 0, 0, 0, 255]);
    }
  });

  it("turns the picture as EXIF says", async () => {
    // Orientation 6: the camera was held upright, and the first row is the right side.
    const bytes = await RED_BLUE.clone().withMetadata({ orientation: 6 }).png().toBuffer();
    const { data, height, width } = await decodeImage(bytes, { channels: 3 });
    expect([height, width]).toEqual([2, 1]);
    expect([...data]).toEqual([255, 0, 0, 0, 0, 255]);
    const upsideDown = await RED_BLUE.clone().withMetadata({ orientation: 3 }).png().toBuffer();
    expect([...(await decodeImage(upsideDown, { channels: 3 })).data]).toEqual([0, 0, 255, 255, 0, 0]);
  });

  it("shows what is transparent over white", async () => {
    const clear = await sharp(Buffer.from([10, 20, 30, 0, 10, 20, 30, 255]), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png()
      .toBuffer();
    expect([...(await decodeImage(clear, { channels: 3 })).data]).toEqual([255, 255, 255, 10, 20, 30]);
  });

  it("makes grey of colour and colour of grey", async () => {
    const grey = await sharp(Buffer.from([0, 100, 255]), { raw: { width: 3, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(grey, { channels: 3 })).data]).toEqual([
      0, 0, 0, 100, 100, 100, 255, 255, 255,
    ]);
    expect([...(await decodeImage(grey, { channels: 1 })).data]).toEqual([0, 100, 255]);
    const neutral = await encodePicture([100, 100, 100]);
    expect((await decodeImage(neutral, { channels: 1 })).data[0]).toBe(100);
  });

  it("brings 16 bits to 8", async () => {
    const deep = await sharp(Uint16Array.of(0, 25_700, 65_535), { raw: { width: 3, height: 1, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    expect([...(await decodeImage(deep, { channels: 1 })).data]).toEqual([0, 100, 255]);
  });

  it.each(["png", "tiff"] as const)("brings 16 bits of colour in a %s to 8", async (format) => {
    const deep = await sharp(Uint16Array.of(0, 25_700, 65_535, 65_535, 0, 257), {
      raw: { width: 2, height: 1, channels: 3 },
    })
      .toColourspace("rgb16")
      .toFormat(format, format === "tiff" ? { compression: "lzw" } : {})
      .toBuffer();
    expect(await sharp(deep).metadata()).toMatchObject({ format, depth: "ushort" });
    expect([...(await decodeImage(deep, { channels: 3 })).data]).toEqual([0, 100, 255, 255, 0, 1]);
  });

  it("shows 16 bits with transparency over white", async () => {
    const deep = await sharp(Uint16Array.of(0, 0, 0, 0, 25_700, 0, 65_535, 65_535), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    expect(await sharp(deep).metadata()).toMatchObject({ depth: "ushort", hasAlpha: true });
    expect([...(await decodeImage(deep, { channels: 3 })).data]).toEqual([255, 255, 255, 100, 0, 255]);
  });

  it("looks colours up in a palette", async () => {
    const colours = [255, 0, 0, 0, 0, 255, 0, 128, 0, 255, 0, 0];
    const bytes = await sharp(Buffer.from(colours), { raw: { width: 4, height: 1, channels: 3 } })
      .png({ palette: true, dither: 0 })
      .toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject({ isPalette: true });
    expect([...(await decodeImage(bytes, { channels: 3 })).data]).toEqual(colours);
  });

  it("shows the transparent colour of a palette over white", async () => {
    const bytes = await sharp(Buffer.from([255, 0, 0, 255, 0, 0, 0, 0]), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png({ palette: true, dither: 0 })
      .toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject({ isPalette: true, hasAlpha: true });
    expect([...(await decodeImage(bytes, { channels: 3 })).data]).toEqual([255, 0, 0, 255, 255, 255]);
  });

  it("shows grey with transparency over white", async () => {
    // Half of black over white: 255 × (1 − 128/255) = 127.
    const bytes = await sharp(Buffer.from([0, 0, 0, 128, 0, 255, 100, 255]), {
      raw: { width: 4, height: 1, channels: 2 },
    })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject({ channels: 2, hasAlpha: true });
    expect([...(await decodeImage(bytes, { channels: 1 })).data]).toEqual([255, 127, 0, 100]);
    expect([...(await decodeImage(bytes, { channels: 3 })).data.subarray(3, 6)]).toEqual([127, 127, 127]);
  });

  it("takes the first frame of an animation", async () => {
    // Frames of 2×1 pixels, one below the other.
    const frames = Buffer.from([255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 255, 0]);
    for (const format of ["gif", "webp"] as const) {
      const animation = sharp(frames, { raw: { width: 2, height: 2, channels: 3, pageHeight: 1 } });
      const bytes = await (
        format === "gif" ? animation.gif({ dither: 0 }) : animation.webp({ lossless: true })
      ).toBuffer();
      expect(await sharp(bytes).metadata()).toMatchObject({ format, pages: 2 });
      const { data, ...shape } = await decodeImage(bytes, { channels: 3 });
      expect(shape).toEqual({ height: 1, width: 2, channels: 3 });
      expect([...data]).toEqual([255, 0, 0, 0, 0, 255]);
      expect(await inspectPicture(bytes)).toEqual({ height: 1, width: 2, isGrey: false });
    }
  });

  it("decodes WebP and AVIF to the very pixels where they are lossless", async () => {
    const pixels = Buffer.from([255, 0, 0, 0, 0, 255, 12, 200, 99, 1, 2, 3]);
    const picture = sharp(pixels, { raw: { width: 2, height: 2, channels: 3 } });
    const options = { lossless: true, chromaSubsampling: "4:4:4" } as const;
    for (const bytes of [
      await picture.clone().webp(options).toBuffer(),
      await picture.clone().avif(options).toBuffer(),
    ]) {
      expect([...(await decodeImage(bytes, { channels: 3 })).data]).toEqual([...pixels]);
    }
  });

  it("shows transparent WebP over white", async () => {
    const bytes = await sharp(Buffer.from([10, 20, 30, 0, 10, 20, 30, 255]), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .webp({ lossless: true })
      .toBuffer();
    expect([...(await decodeImage(bytes, { channels: 3 })).data]).toEqual([255, 255, 255, 10, 20, 30]);
  });

  it.each<[string, readonly [number, number, number]]>([
    ["white", [255, 255, 255]],
    ["black", [0, 0, 0]],
    ["red", [200, 60, 40]],
    ["blue", [40, 60, 180]],
  ])("makes %s of the inks of a CMYK JPEG", async (_name, [r, g, b]) => {
    const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background: { r, g, b } } })
      .toColourspace("cmyk")
      .jpeg({ quality: 100 })
      .toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject({ space: "cmyk", channels: 4 });
    const { data, ...shape } = await decodeImage(bytes, { channels: 3 });
    expect(shape).toEqual({ height: 16, width: 16, channels: 3 });
    // Inks cannot show every colour: none is further off than a sixth of the range.
    [r, g, b].forEach((value, channel) =>
      expect(Math.abs((data[channel] as number) - value)).toBeLessThan(43),
    );
    expect(await inspectPicture(bytes)).toEqual({ height: 16, width: 16, isGrey: false });
  });

  it("resizes as transforms do", async () => {
    const ramp = await sharp(Buffer.from([0, 100]), { raw: { width: 2, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    const { data, ...shape } = await decodeImage(ramp, { channels: 1, size: [1, 4] });
    expect(shape).toEqual({ height: 1, width: 4, channels: 1 });
    expect([...data]).toEqual([0, 25, 75, 100]);
  });

  it("refuses what is no picture, saying so on one line", async () => {
    const whole = await encodePicture([1, 2, 3], { format: "jpeg", width: 64, height: 64 });
    for (const input of [
      whole.subarray(0, whole.length - 30),
      Buffer.from("text"),
      Buffer.alloc(0),
      "/nowhere/picture.png",
    ]) {
      const error: unknown = await decodeImage(input, { channels: 3 }).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(ImageDecodeError);
      expect((error as ImageDecodeError).reason).toMatch(/^.+$/);
    }
  });
});

describe("inspectPicture", () => {
  it.each(["png", "jpeg", "webp", "gif", "tiff"] as const)(
    "tells a whole %s from a cut one",
    async (format) => {
      const noise = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * i) >> 3);
      const whole = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      expect(await inspectPicture(whole)).toEqual({ height: 48, width: 64, isGrey: false });
      for (const part of [0.1, 0.5, 0.9]) {
        const cut = whole.subarray(0, Math.floor(whole.length * part));
        await expect(inspectPicture(cut)).rejects.toThrow(ImageDecodeError);
      }
    },
  );

  it("has the size that a viewer shows, and sees grey", async () => {
    const upright = await RED_BLUE.clone().withMetadata({ orientation: 6 }).png().toBuffer();
    expect(await inspectPicture(upright)).toEqual({ height: 2, width: 1, isGrey: false });
    const grey = await sharp(Buffer.alloc(6), { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    expect(await inspectPicture(grey)).toEqual({ height: 2, width: 3, isGrey: true });
  });
});

/** Waves of all lengths and directions, edges and noise, as a camera sees them. */
function scene(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let noise = 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      const edge = (((x * 23) / width) ^ ((y * 17) / height)) & 1 ? 40 : 0;
      const wave = 50 * Math.sin((x * x + 3 * y * x) / (width * 40)) + edge + (noise >>> 27);
      pixels[at++] = 100 + wave;
      pixels[at++] = 120 - wave + (60 * y) / height;
      pixels[at++] = 90 + 0.5 * wave + (60 * x) / width;
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Decoded whole, then resized by us. */
async function decodedWhole(bytes: Uint8Array, size: [number, number], fit?: ResizeFit): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
  return resize(data, { count: 1, height: info.height, width: info.width, channels: 3 }, size, fit);
}

function meanDifference(one: Uint8Array, other: Uint8Array): number {
  expect(one).toHaveLength(other.length);
  return one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] as number)), 0) / one.length;
}

/** [height, width], left third red, middle third green, right third blue. */
async function stripes(height: number, width: number): Promise<Sharp> {
  const third = { height, width: width / 3, channels: 3 } as const;
  const parts = ["#f00", "#0f0", "#00f"].map((background, i) => ({
    input: { create: { ...third, background } },
    left: (i * width) / 3,
    top: 0,
  }));
  const png = await sharp({ create: { height, width, channels: 3, background: "#000" } })
    .composite(parts)
    .png()
    .toBuffer();
  return sharp(png);
}

const [R, G, B, BLACK] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [0, 0, 0],
];

describe("decodeOptionsOf", () => {
  const decoded = (channels: number, ...preprocessing: ModelCard["preprocessing"]) =>
    decodeOptionsOf({ inputShape: [8, 8, channels], preprocessing } as unknown as ModelCard);

  it("are the size and the channels that a network's pictures were decoded with", () => {
    expect(decoded(1)).toEqual({ channels: 1 });
    expect(decoded(3, { name: "Resize", size: [8, 9], fit: "pad" })).toEqual({
      channels: 3,
      size: [8, 9],
      fit: "pad",
    });
    // What only comes later, or is another size for each picture, is left to the preprocessing.
    expect(
      decoded(3, { name: "Normalize", mean: [0.5], std: [0.5] }, { name: "Resize", size: [8, 8] }),
    ).toEqual({
      channels: 3,
    });
    expect(decoded(3, { name: "Resize", size: 8 })).toEqual({ channels: 3 });
    expect(decoded(3, { module: "./rain.mjs", options: {} })).toEqual({ channels: 3 });
  });
});

describe("a picture of another shape than the size", () => {
  const fitted = async (bytes: Buffer, fit?: "stretch" | "crop" | "pad") => {
    const { data } = await decodeImage(bytes, { channels: 3, size: [3, 3], fit });
    return Array.from({ length: 9 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
  };

  it("is stretched, cropped to its middle or padded with black, as a viewer shows it", async () => {
    // One pixel of the size is 100 of the picture's: triangles of twice that reach over into the next stripe.
    const wide = await (await stripes(300, 900)).png().toBuffer();
    const [stretched, cropped, padded] = await Promise.all(
      ([undefined, "crop", "pad"] as const).map((fit) => fitted(wide, fit)),
    );
    const [left, middle, right] = stretched!.slice(3, 6);
    expect(stretched).toEqual([left, middle, right, left, middle, right, left, middle, right]);
    expect([left![0], middle![1], right![2]].every((value) => value! > 180)).toBe(true);
    // An eighth of the outer triangles lies beyond the middle third.
    const [toLeft, toRight] = [
      [32, 223, 0],
      [0, 223, 32],
    ];
    expect(cropped).toEqual([toLeft, G, toRight, toLeft, G, toRight, toLeft, G, toRight]);
    expect(padded).toEqual([BLACK, BLACK, BLACK, left, middle, right, BLACK, BLACK, BLACK]);
    // Turned by EXIF it is 900 high, and its stripes lie one above the other.
    const upright = await (await stripes(300, 900)).withMetadata({ orientation: 6 }).png().toBuffer();
    const [uprightCropped, uprightPadded] = [await fitted(upright, "crop"), await fitted(upright, "pad")];
    expect(uprightCropped).toEqual([toLeft, toLeft, toLeft, G, G, G, toRight, toRight, toRight]);
    expect(uprightPadded.filter((_, i) => i % 3 !== 1)).toEqual(new Array(6).fill(BLACK));
    expect(uprightPadded.filter((_, i) => i % 3 === 1)).toEqual([left, middle, right]);
    // As large as the size in one direction: nothing is scaled, and colours stay what they are.
    const small = await (await stripes(3, 9)).png().toBuffer();
    expect(await fitted(small, "crop")).toEqual(new Array(9).fill(G));
    const narrow = await (await stripes(1, 3)).png().toBuffer();
    expect((await fitted(narrow, "pad")).slice(3, 6)).toEqual([R, G, B]);
  });

  it.each(["crop", "pad"] as const)("is scaled by the decoder where it is large: %s", async (fit) => {
    const size: [number, number] = [20, 24];
    for (const orientation of [1, 6]) {
      const bytes = await scene(1200, 500).withMetadata({ orientation }).jpeg({ quality: 90 }).toBuffer();
      const shown = orientation === 1 ? ([500, 1200] as const) : ([1200, 500] as const);
      expect(isScaledByDecoder(shown, { size, fit })).toBe(true);
      const { data } = await decodeImage(bytes, { channels: 3, size, fit });
      const whole = await decodedWhole(bytes, size, fit);
      expect(data).not.toEqual(whole);
      expect(meanDifference(data, whole)).toBeLessThan(2.5);
    }
    // 500 × 149 has too little of one direction to be stretched, and to be cropped; padded to 20 × 6 it has enough.
    const narrow = await scene(149, 500).jpeg({ quality: 90 }).toBuffer();
    const { data } = await decodeImage(narrow, { channels: 3, size, fit });
    const whole = await decodedWhole(narrow, size, fit);
    expect(isScaledByDecoder([500, 149], { size, fit })).toBe(fit === "pad");
    expect(meanDifference(data, whole)).toBeLessThan(fit === "pad" ? 2.5 : 1e-9);
  });
});

describe("a JPEG that is large beside the size", () => {
  it("has the pixels of the whole one but for a level or two, the same every time", async () => {
    const bytes = await scene(4000, 3000).jpeg({ quality: 90 }).toBuffer();
    const size: [number, number] = [224, 224];
    const { data, height, width } = await decodeImage(bytes, { channels: 3, size });
    expect([height, width]).toEqual(size);
    expect(meanDifference(data, await decodedWhole(bytes, size))).toBeLessThan(2);
    const path = join(await temporaryFolder(), "photo.jpg");
    await writeFile(path, bytes);
    const again = await Promise.all([1, 2, 3].map(() => decodeImage(path, { channels: 3, size })));
    for (const other of again) expect(other.data.every((value, i) => value === data[i])).toBe(true);
  }, 60_000);

  it.each([
    ["lies on its side", (picture: Sharp) => picture.withMetadata({ orientation: 6 })],
    ["is mirrored and turned", (picture: Sharp) => picture.withMetadata({ orientation: 7 })],
    ["is progressive", (picture: Sharp) => picture.jpeg({ progressive: true, quality: 90 })],
    ["has its colours in full", (picture: Sharp) => picture.jpeg({ chromaSubsampling: "4:4:4" })],
    ["is grey", (picture: Sharp) => picture.greyscale().toColourspace("srgb")],
  ])("is scaled alike where it %s", async (_, change) => {
    const bytes = await change(scene(640, 480).jpeg({ quality: 90 })).toBuffer();
    const size: [number, number] = [20, 24];
    expect(isScaledByDecoder([480, 640], { size })).toBe(true);
    const { data } = await decodeImage(bytes, { channels: 3, size });
    const whole = await decodedWhole(bytes, size);
    expect(data).not.toEqual(whole);
    expect(meanDifference(data, whole)).toBeLessThan(2.5);
  });

  it("cannot be decoded if it is cut", async () => {
    const bytes = await scene(640, 480).jpeg().toBuffer();
    const cut = bytes.subarray(0, bytes.length / 2);
    await expect(decodeImage(cut, { channels: 3, size: [20, 20] })).rejects.toThrow(ImageDecodeError);
  });

  it("is decoded whole below 7.5 times the size in one direction, as every other format is", async () => {
    const size: [number, number] = [20, 20];
    const narrow = await scene(149, 640).jpeg().toBuffer();
    const png = await scene(640, 480).png().toBuffer();
    const turned = await scene(149, 640).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    for (const bytes of [narrow, png, turned]) {
      const { data } = await decodeImage(bytes, { channels: 3, size });
      expect([...data]).toEqual([...(await decodedWhole(bytes, size))]);
    }
    // Turned, it is 150 wide and 640 high: only one way about it is large enough for [80, 20].
    const upright = await scene(640, 150).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const flat = await decodeImage(upright, { channels: 3, size: [20, 80] });
    expect([...flat.data]).toEqual([...(await decodedWhole(upright, [20, 80]))]);
    const scaled = await decodeImage(upright, { channels: 3, size: [80, 20] });
    expect([...scaled.data]).not.toEqual([...(await decodedWhole(upright, [80, 20]))]);
  });
});

describe("a picture of another format with very many pixels", () => {
  it("is brought to the size without ever being held as a whole", async () => {
    const edge = 9000;
    const half = sharp({ create: { width: edge / 2, height: edge, channels: 3, background: "#204060" } });
    const bytes = await sharp({ create: { width: edge, height: edge, channels: 3, background: "#c08040" } })
      .composite([{ input: await half.png().toBuffer(), left: 0, top: 0 }])
      .png()
      .toBuffer();
    const peakKiB = process.resourceUsage().maxRSS;
    const { data } = await decodeImage(bytes, { channels: 3, size: [8, 8] });
    const row = Array.from({ length: 8 }, (_, x) => [...data.subarray(3 * x, 3 * x + 3)]);
    expect([row[0], row[7]]).toEqual([
      [0x20, 0x40, 0x60],
      [0xc0, 0x80, 0x40],
    ]);
    // As a whole it has 232 MiB.
    expect(process.resourceUsage().maxRSS - peakKiB).toBeLessThan(120 * 1024);
  });

  it("is so where only one of its edges is long", async () => {
    const background = { r: 10, g: 20, b: 30 };
    const bytes = await sharp({ create: { width: 300, height: 300_000, channels: 3, background } })
      .png()
      .toBuffer();
    const peakKiB = process.resourceUsage().maxRSS;
    const { data } = await decodeImage(bytes, { channels: 3, size: [200, 200] });
    expect([...data.subarray(0, 3)]).toEqual([10, 20, 30]);
    // As a whole it has 257 MiB.
    expect(process.resourceUsage().maxRSS - peakKiB).toBeLessThan(120 * 1024);
  });
});
