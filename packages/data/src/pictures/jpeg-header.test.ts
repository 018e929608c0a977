import fc from "fast-check";
import sharp from "sharp";
import { expect, it } from "vitest";
import { decodeImage } from "./decode-image.js";
import { isSrgb, jpegHeader } from "./jpeg-header.js";

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
    expect(jpegHeader(await jpeg.toBuffer())).toMatchObject({ height: 20, width: 30 });
  }
});

it("passes over bytes that fill up before a marker", () => {
  const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 0xff, 0xff, 0xc0, 0, 17, 8, 0, 20, 0, 30, 3);
  expect(jpegHeader(bytes)).toEqual({ height: 20, width: 30, profile: null });
});

it("finds none in other formats, cut headers and random bytes", async () => {
  expect(jpegHeader(await picture.clone().png().toBuffer())).toBeNull();
  const jpeg = await picture.clone().jpeg().toBuffer();
  expect(jpegHeader(jpeg.subarray(0, 40))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(jpegHeader(bytes)).toBeNull();
      jpegHeader(Uint8Array.of(0xff, 0xd8, 0xff, ...bytes));
    }),
  );
});

/** ICC.1:2001: a header of a display's RGB profile, one tag `desc`, and its text. */
function profileNamed(name: string): Buffer {
  const profile = Buffer.alloc(144 + 12 + name.length + 1);
  profile.write("mntrRGB ", 12, "latin1");
  profile.writeUInt32BE(1, 128);
  profile.write("desc", 132, "latin1");
  profile.writeUInt32BE(144, 136);
  profile.write("desc", 144, "latin1");
  profile.writeUInt32BE(name.length + 1, 152);
  profile.write(name, 156, "latin1");
  return profile;
}

it("knows a profile that says sRGB, old and new, by its name", async () => {
  for (const name of ["sRGB", "sRGB IEC61966-2.1", "sRGB IEC61966-2-1 black scaled", "sRGB built-in"]) {
    expect([name, isSrgb(profileNamed(name))]).toEqual([name, true]);
  }
  for (const name of ["Adobe RGB (1998)", "sRGB Gamma 2.2", "sRGB Profile", "Camera RGB Profile", ""]) {
    expect([name, isSrgb(profileNamed(name))]).toEqual([name, false]);
  }
  const cut = profileNamed("sRGB").subarray(0, 150);
  expect(isSrgb(cut)).toBe(false);
  const endless = profileNamed("sRGB");
  endless.writeUInt32BE(0xff_ff_ff_ff, 128);
  endless.write("cprt", 132, "latin1");
  expect(isSrgb(endless)).toBe(false);
  for (const [profile, expected] of [
    ["srgb", true],
    ["p3", false],
  ] as const) {
    const jpeg = await picture.clone().jpeg().withIccProfile(profile).toBuffer();
    expect(isSrgb(jpegHeader(jpeg)?.profile as Uint8Array)).toBe(expected);
  }
});

it("leaves out only a conversion that changes nothing", async () => {
  const width = 64;
  const noise = Uint8Array.from({ length: width * width * 3 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
  const raw = sharp(noise, { raw: { width, height: width, channels: 3 } });
  for (const profile of ["srgb", "p3"]) {
    const jpeg = await raw.clone().jpeg({ quality: 95 }).withIccProfile(profile).toBuffer();
    const { data } = await decodeImage(jpeg, { channels: 3 });
    const shown = await sharp(jpeg).toColourspace("srgb").raw().toBuffer();
    const difference = data.reduce((most, value, i) => Math.max(most, Math.abs(value - shown[i]!)), 0);
    expect([profile, difference <= 1]).toEqual([profile, true]);
  }
});
