/**
 * Pixels to a PNG, for maps laid over pictures, which a page or a paper takes as they are. Written out here because
 * Node's zlib already does the hard part; an image library would be a dependency for forty lines.
 * https://www.w3.org/TR/png-3/ §5 (chunks), §11.2 (IHDR, IDAT, IEND); every scan line is stored unfiltered.
 */
import { crc32, deflateSync } from "node:zlib";

export interface Picture {
  /** uint8, height × width × channels. */
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOUR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };

/** @throws {RangeError} if the pixels are neither grey, RGB nor RGBA. */
export function encodePng({ data, height, width, channels }: Picture): Uint8Array {
  const colourType = COLOUR_TYPES[channels];
  if (colourType === undefined) throw new RangeError(`Expected 1, 3 or 4 channels. Received: ${channels}.`);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType], 8);
  const rowBytes = width * channels;
  const lines = Buffer.alloc(height * (1 + rowBytes));
  for (let y = 0; y < height; y++) {
    lines.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), y * (1 + rowBytes) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(typed, 4);
  framed.writeUInt32BE(crc32(typed), 4 + typed.length);
  return framed;
}
