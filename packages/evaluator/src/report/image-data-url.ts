/** Pictures of a report travel inside it, as data URLs. */

const IMAGE_DATA_URL = /^data:image\/(png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+={0,2}$/;
/** Pixels. */
const WIDEST_TINY_PICTURE = 96;

/** An image that is not carried inside the page. */
export class ImageDataUrlError extends Error {
  override readonly name = "ImageDataUrlError";
}

/** @throws {ImageDataUrlError} if it is no base64 data URL of a picture: the page would not be self-contained. */
export function checkImageDataUrl(id: string, url: string): void {
  if (IMAGE_DATA_URL.test(url)) return;
  throw new ImageDataUrlError(
    `Expected a data URL of a PNG, JPEG, WebP, GIF or AVIF picture in base64 for ${id}. Received: ${url.slice(0, 60)}`,
  );
}

/**
 * Whether a PNG or a lossless WebP is so small that enlarging it should keep its pixels; false for what loses some of them,
 * which small pictures do not come in.
 */
export function isTinyPicture(url: string): boolean {
  const width = widthOf(url);
  return width !== null && width <= WIDEST_TINY_PICTURE;
}

/** PNG: bytes 16–19. WebP's lossless form: 14 bits from byte 21 on, less one (RFC 9649, §3.4). */
function widthOf(url: string): number | null {
  const [, format, start] = /^data:image\/(png|webp);base64,(.{32})/.exec(url) ?? [];
  if (format === undefined || start === undefined) return null;
  const bytes = Uint8Array.from(atob(start), (character) => character.charCodeAt(0));
  if (format === "png") return new DataView(bytes.buffer).getUint32(16);
  const isLossless = String.fromCharCode(...bytes.subarray(12, 16)) === "VP8L";
  return isLossless ? (bytes[21]! | ((bytes[22]! & 0x3f) << 8)) + 1 : null;
}
