import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodePicture } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { decodeImage, ImageDecodeError, inspectPicture } from "./decode-image.js";

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
