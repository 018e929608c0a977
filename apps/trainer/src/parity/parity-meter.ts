/** How far two sides say the same of pictures, added up picture by picture. */
import type { ModelCard, Parity } from "@convkit/schema";

/** Bars of `convkit verify`. Of the same pixels, what another order of sums in float32 explains. */
const MOST_LOGIT_DIFFERENCE = 1e-3;
/** From files: decoders differ by a level or two, which turns a picture between two classes. */
const LEAST_AGREEMENT_OF_FILES = 0.99;
/** Of what the browser cannot decode nothing is known. */
const MOST_UNDECODABLE = 0.01;

export interface PictureParity {
  readonly largestLogitDifference: number;
  /** What each side says: the class with the largest logit, or of label sets those with a probability of 50 % or more. */
  readonly node: string;
  readonly browser: string;
}

export class ParityMeter {
  readonly #card: Pick<ModelCard, "classNames" | "output">;
  #count = 0;
  #largest = 0;
  #sum = 0;
  #decisions = 0;
  #alike = 0;

  constructor(card: Pick<ModelCard, "classNames" | "output">) {
    this.#card = card;
  }

  /** @param node logits of one picture, one a class; `browser` likewise. */
  add(node: Float32Array, browser: Float32Array): PictureParity {
    const differences = Array.from(node, (logit, i) => Math.abs(logit - (browser[i] ?? Number.NaN)));
    const largestLogitDifference = Math.max(...differences);
    this.#count++;
    // NaN stays: what is no number is not alike.
    this.#largest = Math.max(this.#largest, largestLogitDifference);
    this.#sum += largestLogitDifference;
    const [ours, theirs] = [this.#decide(node), this.#decide(browser)];
    this.#decisions += ours.length;
    this.#alike += ours.filter((decision, i) => decision === theirs[i]).length;
    return { largestLogitDifference, node: this.#name(ours), browser: this.#name(theirs) };
  }

  /** @returns undefined if nothing was added. */
  result(): Parity | undefined {
    if (this.#count === 0) return undefined;
    return {
      count: this.#count,
      largestLogitDifference: this.#largest,
      meanLogitDifference: this.#sum / this.#count,
      agreement: this.#alike / this.#decisions,
    };
  }

  /** One decision a picture, the class; of label sets one a label, 1 or 0. */
  #decide(logits: Float32Array): number[] {
    if (this.#card.output === "binary-logits") return Array.from(logits, (logit) => (logit >= 0 ? 1 : 0));
    return [logits.indexOf(Math.max(...logits))];
  }

  #name(decisions: readonly number[]): string {
    const { classNames, output } = this.#card;
    if (output !== "binary-logits") return classNames[decisions[0]!] ?? "none: logits that are no numbers";
    return classNames.filter((_, i) => decisions[i] === 1).join(", ") || "no label";
  }
}

export interface FilesCompared {
  /** undefined where the browser decoded none, or there are none. */
  readonly files: Parity | undefined;
  /** Files that the browser could not decode. */
  readonly undecodableCount: number;
}

/** Whether the browser decoded so many files that their comparison says something of all. */
function isComparable({ files, undecodableCount }: FilesCompared): boolean {
  return undecodableCount <= MOST_UNDECODABLE * ((files?.count ?? 0) + undecodableCount);
}

export function isAlike(sameBytes: Parity, { files, undecodableCount }: FilesCompared): boolean {
  return (
    isComparable({ files, undecodableCount }) &&
    sameBytes.largestLogitDifference <= MOST_LOGIT_DIFFERENCE &&
    sameBytes.agreement === 1 &&
    (files === undefined || files.agreement >= LEAST_AGREEMENT_OF_FILES)
  );
}
