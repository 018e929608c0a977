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
