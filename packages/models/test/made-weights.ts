/**
 * Weights that a formula makes of a name and a number's place, as fixtures/pretrained/zoo-parity.py makes them in Python,
 * and the files that carry them.
 */
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";

type ZooEntry = {
  /** `conv1.weight 64 3 7 7`; `bn1.* 64` stands for the five tensors of batch normalisation. */
  state: string[];
  /** By the picture's side in pixels. */
  logits: Record<string, number[]>;
};

/** By publisher and name, such as `timm/resnet18`. */
export const ZOO = JSON.parse(
  readFileSync(new URL("fixtures/pretrained/zoo-parity.json", import.meta.url), "utf8"),
) as Record<string, ZooEntry>;

export type MadeTensor = { shape: number[]; values: Float32Array };
export type MadeState = Map<string, MadeTensor>;

const NORM = ["weight", "bias", "running_mean", "running_var"];

/** The weights of a published network. */
export function madeState({ state }: ZooEntry): MadeState {
  const tensors = state.flatMap((line): [string, number[]][] => {
    const [name, ...sizes] = line.split(" ") as [string, ...string[]];
    const shape = sizes.map(Number);
    return name.endsWith(".*") ? NORM.map((last) => [name.replace("*", last), shape]) : [[name, shape]];
  });
  return new Map(tensors.map(([name, shape]) => [name, madeTensor(name, shape)]));
}

export function madeTensor(name: string, shape: number[]): MadeTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const bound = Math.sqrt(6 / (count / (shape[0] ?? 1)));
  const values = new Float32Array(count);
  const hash = fnv1a(name);
  for (let i = 0; i < count; i++) {
    const u = unit(hash, i);
    if (name.endsWith("running_var")) values[i] = 0.5 + u;
    else if (name.endsWith("running_mean")) values[i] = (u - 0.5) * 0.2;
    else if (shape.length > 1) values[i] = (2 * u - 1) * bound;
    else values[i] = name.endsWith("bias") ? (u - 0.5) * 0.2 : 0.5 + u;
  }
  return { shape, values };
}

/** float32 [1, side, side, channels] */
export function madePicture(side: number, channels: number): tf.Tensor4D {
  const hash = fnv1a(`input${side}`);
  const values = Float32Array.from({ length: channels * side * side }, (_, i) => 2 * unit(hash, i) - 1);
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, [1, channels, side, side]), [0, 2, 3, 1]));
}

/** A safetensors file of them. */
export function safetensorsOf(state: MadeState, metadata?: Readonly<Record<string, string>>): Uint8Array {
  let end = 0;
  const tensors = Object.fromEntries(
    [...state].map(([name, { shape, values }]) => [
      name,
      { dtype: "F32", shape, data_offsets: [end, (end += values.byteLength)] },
    ]),
  );
  const header = { ...(metadata && { __metadata__: metadata }), ...tensors };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  let at = 8 + json.length;
  for (const { values } of state.values()) {
    file.set(new Uint8Array(values.buffer), at);
    at += values.byteLength;
  }
  return file;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

/** lowbias32 of a Weyl sequence, https://nullprogram.com/blog/2018/07/31/ */
function unit(hash: number, i: number): number {
  let h = Math.imul(i, 0x9e3779b9) + hash;
  h ^= h >>> 16;
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  h ^= h >>> 16;
  return (h >>> 0) / 2 ** 32;
}
