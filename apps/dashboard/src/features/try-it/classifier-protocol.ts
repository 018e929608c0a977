/** What the page and the worker in which the network runs say to each other. */
import type { ModelCard } from "@convkit/schema";
import type { Disturbance } from "./disturbance";

export type PageEngine = "webgl" | "wasm" | "cpu";

export interface OpenedModel {
  readonly card: ModelCard;
  readonly engine: PageEngine;
}

export interface PictureQuestion {
  /** What was decoded under a name is kept for a while; null keeps nothing. */
  readonly id: string | null;
  readonly source: Blob | ImageBitmap;
  readonly disturbance: Disturbance;
  /** Index of the class to explain the answer by; null: the likeliest. undefined: nothing is explained. */
  readonly explained?: number | null | undefined;
}

/** Ready for a canvas: RGBA, opaque. */
export interface ShownPicture {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly height: number;
  readonly width: number;
}

export interface PictureAnswer {
  /** Of each class, in the order of the card's `classNames`. */
  readonly probabilities: Float32Array;
  /** As decoded, in pixels. */
  readonly height: number;
  readonly width: number;
  /** With what the sliders do, in a handy size. */
  readonly picture: ShownPicture;
  /** What preprocessing makes of it, brought back to colours. */
  readonly input: ShownPicture;
  /** If it was asked for. */
  readonly explanation?: Explanation;
}

export type Explanation =
  | {
      /** Index of the class. */
      readonly explained: number;
      /** Over `input`, and of its size; null: nothing in the picture speaks for the class. */
      readonly overlay: ShownPicture | null;
    }
  | { readonly failure: string };

export type WorkerRequest =
  | { readonly call: number; readonly kind: "open"; readonly url: string }
  | { readonly call: number; readonly kind: "classify"; readonly question: PictureQuestion };

export type WorkerResponse =
  | { readonly call: number; readonly value: OpenedModel | PictureAnswer }
  | { readonly call: number; readonly failure: { readonly name: string; readonly message: string } };
