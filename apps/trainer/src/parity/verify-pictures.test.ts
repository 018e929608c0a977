import { describe, expect, it } from "vitest";
import { verifyPictures, type PictureToVerify, type VerifyPicturesOptions } from "./verify-pictures.js";

const PIXELS = { data: new Uint8Array(3), height: 1, width: 1, channels: 3 };
const card = { classNames: ["cat", "dog"], output: "logits" } as VerifyPicturesOptions["node"]["card"];
const f32 = (...values: number[]) => Float32Array.from(values);

/** @param asked of each picture what the browser says by its pixels and by its file. Node says cat, by 2 to 1, of all. */
function verified(asked: Readonly<Record<string, { pixels: Float32Array; file?: Float32Array }>>) {
  const answers = Object.values(asked);
  async function* pictures(): AsyncGenerator<PictureToVerify> {
    for (const [id, { file }] of Object.entries(asked)) {
      yield { id, pixels: PIXELS, encoded: file ? new Uint8Array(1) : null };
    }
    await Promise.resolve();
  }
  let done = 0;
  return verifyPictures(pictures(), {
    node: { card, logits: () => Promise.resolve(f32(2, 1)) },
    browser: {
      logits: () => Promise.resolve(answers[done]!.pixels),
      logitsOfFile: () => Promise.resolve(answers[done]!.file!),
    },
    onPicture: (count) => (done = count),
  });
}

describe("verifyPictures", () => {
  it("lists pictures on which the sides differ, by the same pixels and by files", async () => {
    const { sameBytes, files, disagreements } = await verified({
      alike: { pixels: f32(2, 1), file: f32(2, 1) },
      pixels: { pixels: f32(2, 2.5) },
      file: { pixels: f32(2, 1), file: f32(1, 4) },
      both: { pixels: f32(2, 3), file: f32(2, 3) },
    });
    expect([sameBytes, files]).toMatchObject([
      { count: 4, agreement: 0.5 },
      { count: 3, agreement: 1 / 3 },
    ]);
    const differ = { node: "cat", browser: "dog" };
    expect(disagreements).toEqual([
      { id: "pixels", ...differ, largestLogitDifference: 1.5, of: "pixels" },
      { id: "file", ...differ, largestLogitDifference: 3 },
      { id: "both", ...differ, largestLogitDifference: 2, of: "pixels" },
      { id: "both", ...differ, largestLogitDifference: 2 },
    ]);
  });
});
