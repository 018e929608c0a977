/** Pictures of a report travel inside it, as data URLs. */

const IMAGE_DATA_URL = /^data:image\/(png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+={0,2}$/;

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
 * Whether a PNG is so small that enlarging it should keep its pixels; false for other formats, which small
 * pictures do not come in. The width stands in bytes 16–19 of a PNG.
 */
export function isTinyPng(url: string): boolean {
  const prefix = "data:image/png;base64,";
  if (!url.startsWith(prefix)) return false;
  const header = atob(url.slice(prefix.length, prefix.length + 32));
  if (header.length < 20) return false;
  const width = [16, 17, 18, 19].reduce((value, index) => value * 256 + header.charCodeAt(index), 0);
  return width <= 96;
}
