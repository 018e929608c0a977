/** The same pictures through a classifier in Node and in a browser, by the same pixels and each side from the files. */
import type { Classifier, ClassifierImage } from "@convkit/models";
import type { Parity, VerificationReport } from "@convkit/schema";
import type { BrowserClassifier } from "./browser-classifier.js";
import { ParityMeter } from "./parity-meter.js";

export interface PictureToVerify {
  readonly id: string;
  /** As the network's pictures are decoded in Node. */
  readonly pixels: ClassifierImage;
  /** The file's bytes; null where there is none. */
  readonly encoded: Uint8Array | null;
}

export interface PicturesVerified extends Pick<VerificationReport, "disagreements" | "undecodable"> {
  readonly sameBytes: Parity | undefined;
  readonly files: Parity | undefined;
  readonly undecodableCount: number;
}

export interface VerifyPicturesOptions {
  readonly node: Pick<Classifier, "card" | "logits">;
  readonly browser: Pick<BrowserClassifier, "logits" | "logitsOfFile">;
  onPicture(done: number): void;
}

/** Of each list in the report. */
const MOST_LISTED = 100;

export async function verifyPictures(
  pictures: AsyncIterable<PictureToVerify>,
  { node, browser, onPicture }: VerifyPicturesOptions,
): Promise<PicturesVerified> {
  const [sameBytes, files] = [new ParityMeter(node.card), new ParityMeter(node.card)];
  const disagreements: VerificationReport["disagreements"] = [];
  const undecodable: VerificationReport["undecodable"] = [];
  let done = 0;
  for await (const { id, pixels, encoded } of pictures) {
    const logits = await node.logits([pixels]);
    const ofPixels = sameBytes.add(logits, await browser.logits(pixels));
    if (ofPixels.node !== ofPixels.browser) disagreements.push({ id, ...ofPixels, of: "pixels" });
    if (encoded) {
      const fromFile = await browser.logitsOfFile(encoded).catch((error: Error) => {
        if (error.name !== "BrowserPictureError") throw error;
        return error;
      });
      if (fromFile instanceof Error) undecodable.push({ id, reason: fromFile.message });
      else {
        const parity = files.add(logits, fromFile);
        if (parity.node !== parity.browser) disagreements.push({ id, ...parity });
      }
    }
    onPicture(++done);
  }
  return {
    sameBytes: sameBytes.result(),
    files: files.result(),
    disagreements: disagreements.slice(0, MOST_LISTED),
    undecodable: undecodable.slice(0, MOST_LISTED),
    undecodableCount: undecodable.length,
  };
}
