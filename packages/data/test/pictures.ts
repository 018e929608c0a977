/** Picture files of one colour, written by the decoder's own library. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";

export type Colour = readonly [red: number, green: number, blue: number];

export function encodePicture(
  [r, g, b]: Colour,
  {
    height = 4,
    width = 4,
    format = "png",
  }: { height?: number; width?: number; format?: "png" | "jpeg" } = {},
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .toFormat(format)
    .toBuffer();
}

/** @param files bytes or text by path relative to the folder. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}
