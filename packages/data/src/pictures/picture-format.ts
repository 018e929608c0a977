/** Which bytes the decoder is handed at all: it knows more formats than are read here, SVG and PDF among them. */

const latin = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

/** What `formatOf` looks at. */
export const SIGNATURE_BYTES = 16;

/** By their first bytes; https://en.wikipedia.org/wiki/List_of_file_signatures. */
const SIGNATURES = {
  jpeg: (bytes: Uint8Array) => latin(bytes, 0, 3) === "\xff\xd8\xff",
  png: (bytes: Uint8Array) => latin(bytes, 0, 8) === "\x89PNG\r\n\x1a\n",
  webp: (bytes: Uint8Array) => latin(bytes, 0, 4) === "RIFF" && latin(bytes, 8, 12) === "WEBP",
  gif: (bytes: Uint8Array) => latin(bytes, 0, 4) === "GIF8",
  // Also with addresses of 64 bits.
  tiff: (bytes: Uint8Array) => ["II*\0", "MM\0*", "II+\0", "MM\0+"].includes(latin(bytes, 0, 4)),
  avif: (bytes: Uint8Array) => latin(bytes, 4, 8) === "ftyp",
};

export type PictureFormat = keyof typeof SIGNATURES;

/** @throws {Error} if the bytes are in none of the formats that are read. */
export function formatOf(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw new Error("the file is empty");
  for (const [format, isSo] of Object.entries(SIGNATURES)) if (isSo(bytes)) return format as PictureFormat;
  throw new Error("unsupported image format: neither JPEG, PNG, WebP, GIF, TIFF nor AVIF");
}

/** Brands of an AVIF or a HEIC: other files that begin as these do are films. */
const PICTURE_BRANDS = /^(avi[fs]|mi[fa]1|msf1|he[iv][cmsx])$/;

/**
 * Whether a file of no telling name is evidently a picture, be it one that is read or a HEIC.
 * @param bytes its first `SIGNATURE_BYTES`.
 */
export function isPictureSignature(bytes: Uint8Array): boolean {
  const found = Object.entries(SIGNATURES).find(([, isSo]) => isSo(bytes));
  return found !== undefined && (found[0] !== "avif" || PICTURE_BRANDS.test(latin(bytes, 8, 12)));
}

/** What `depth` of sharp's metadata is of pixels whose range from black to white is known. */
const WHOLE_DEPTHS = ["uchar", "ushort"];

/** @throws {Error} if black and white of the pixels are not known: those of floats and signed numbers may be anything. */
export function checkDepth(depth: string | undefined): void {
  if (depth === undefined || WHOLE_DEPTHS.includes(depth)) return;
  throw new Error(
    `its pixels are ${depth}: only those of 8 or 16 bits without a sign have a known black and white`,
  );
}
