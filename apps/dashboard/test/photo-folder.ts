/** A folder of pictures, one folder per class, that a small network learns in seconds: noisy squares of three colours. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { Rng } from "@convkit/random";

const COLOURS = { red: [200, 60, 60], green: [60, 200, 60], blue: [60, 60, 200] } as const;
const SIDE = 16;

/** @returns the folder. */
export async function makePhotoFolder(folder: string, perClass: number): Promise<string> {
  const rng = Rng.fromSeed(7);
  for (const [name, colour] of Object.entries(COLOURS)) {
    await mkdir(join(folder, name), { recursive: true });
    for (let index = 0; index < perClass; index += 1) {
      const pixels = Buffer.alloc(SIDE * SIDE * 3);
      for (let at = 0; at < pixels.length; at += 1) {
        pixels[at] = Math.min(255, Math.max(0, Math.round(colour[at % 3]! + (rng.uniform() - 0.5) * 240)));
      }
      await writeFile(join(folder, name, `${name} ${index}.png`), encodePng(pixels));
    }
  }
  return folder;
}

/** 8-bit RGB without filters (https://www.w3.org/TR/png-3/). */
function encodePng(pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: SIDE }, (_, row) =>
    Buffer.concat([Buffer.of(0), pixels.subarray(row * SIDE * 3, (row + 1) * SIDE * 3)]),
  );
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const data = deflateSync(Buffer.concat(rows));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
