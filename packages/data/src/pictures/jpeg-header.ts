/** How large a JPEG is, from its header alone: asking the decoder costs a tenth of decoding a small photo. */

/** SOF0 … SOF15; the numbers between them are DHT, JPG and DAC. ITU-T T.81, table B.1. */
const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * ITU-T T.81, B.2.2, https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 * @returns [height, width] as they lie in the file, not turned as EXIF says; null if these bytes are no JPEG.
 */
export function jpegFrame(bytes: Uint8Array): [number, number] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 2 || view.getUint16(0) !== 0xff_d8) return null;
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] as number;
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) at++;
    else if (isStartOfFrame(marker)) return [view.getUint16(at + 5), view.getUint16(at + 7)];
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}
