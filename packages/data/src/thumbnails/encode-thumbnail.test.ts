import sharp from "sharp";
import { expect, it } from "vitest";
import { encodePixels } from "./encode-thumbnail.js";

it.each([1, 3])("keeps every pixel of a small picture of %d channels", async (channels) => {
  const data = Uint8Array.from({ length: 4 * 6 * channels }, (_, i) => (i * 37) % 256);
  const webp = await encodePixels({ data, height: 4, width: 6, channels });
  const { data: decoded, info } = await sharp(webp)
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.height, info.width]).toEqual([4, 6]);
  const grey = Uint8Array.from({ length: 4 * 6 * 3 }, (_, i) => data[Math.floor(i / 3)]!);
  expect([...decoded]).toEqual([...(channels === 1 ? grey : data)]);
});

it("makes a large picture small, and few bytes of it, even of noise", async () => {
  const data = Uint8Array.from({ length: 400 * 300 * 3 }, (_, i) => (i * 7919) % 251);
  const webp = await encodePixels({ data, height: 400, width: 300, channels: 3 });
  const { height, width } = await sharp(webp).metadata();
  expect([height, width]).toEqual([128, 96]);
  expect(webp.length).toBeLessThan(128 * 96);
});
