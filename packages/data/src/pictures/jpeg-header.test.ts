import fc from "fast-check";
import sharp from "sharp";
import { expect, it } from "vitest";
import { jpegFrame } from "./jpeg-frame.js";

const picture = sharp({ create: { width: 30, height: 20, channels: 3, background: "red" } });

it("finds the size behind whatever else the header holds", async () => {
  for (const jpeg of [
    picture.clone().jpeg(),
    picture.clone().jpeg({ progressive: true }),
    picture
      .clone()
      .jpeg()
      .withExif({ IFD0: { ImageDescription: "x".repeat(5000) } }),
    picture.clone().jpeg().withIccProfile("p3"),
  ]) {
    expect(jpegFrame(await jpeg.toBuffer())).toEqual([20, 30]);
  }
});

it("passes over bytes that fill up before a marker", () => {
  expect(jpegFrame(Uint8Array.of(0xff, 0xd8, 0xff, 0xff, 0xff, 0xc0, 0, 17, 8, 0, 20, 0, 30, 3))).toEqual([
    20, 30,
  ]);
});

it("finds none in other formats, cut headers and random bytes", async () => {
  expect(jpegFrame(await picture.clone().png().toBuffer())).toBeNull();
  const jpeg = await picture.clone().jpeg().toBuffer();
  expect(jpegFrame(jpeg.subarray(0, 40))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(jpegFrame(bytes)).toBeNull();
      jpegFrame(Uint8Array.of(0xff, 0xd8, 0xff, ...bytes));
    }),
  );
});
