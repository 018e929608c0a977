/**
 * Pictures from bytes in one pass: the formula in @convkit/ops/kernel-names. What it reads of a picture is a quarter of what it
 * writes, and neighbouring lanes read neighbouring bytes.
 */
import * as names from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";
import type { GpuProgram } from "../program.js";
import { elementType } from "./channel-columns.js";
import { elementwiseMain, runElementwise, widthOf } from "./elementwise.js";

const PROGRAMS = { 1: program(1), 4: program(4) };
const NO_BOX = { top: 0, left: 0, height: 0, width: 0 };

function program(width: 1 | 4): GpuProgram {
  const value =
    width === 4 ? "T(mixed(4 * at), mixed(4 * at + 1), mixed(4 * at + 2), mixed(4 * at + 3))" : "mixed(at)";
  const wgsl = () => `
struct Uniforms {
  count: i32, sourceHeight: i32, sourceWidth: i32, height: i32, width: i32, channels: i32,
  boxTop: i32, boxLeft: i32, boxHeight: i32, boxWidth: i32, weight: f32
}
${elementType(width)}
@group(0) @binding(0) var<storage, read> bytes: array<u32>;
@group(0) @binding(1) var<storage, read> places: array<i32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> images: array<T>;
@group(0) @binding(4) var<uniform> u: Uniforms;

fn isWithin(at: vec2i, corner: vec2i, size: vec2i) -> bool {
  return all(at >= corner) && all(at < corner + size);
}

fn own(n: i32, at: vec2i, c: i32) -> f32 {
  let rows = n * (u.height + u.width + 4);
  let columns = rows + u.height;
  let rectangle = columns + u.width;
  if (isWithin(at, vec2i(places[rectangle], places[rectangle + 1]), vec2i(places[rectangle + 2], places[rectangle + 3]))) {
    return values[c * 257 + 256];
  }
  let row = places[rows + at.x];
  let column = places[columns + at.y];
  if (row < 0 || column < 0) { return values[c * 257]; }
  let place = u32(((n * u.sourceHeight + row) * u.sourceWidth + column) * u.channels + c);
  return values[c * 257 + i32((bytes[place >> 2u] >> ((place & 3u) * 8u)) & 255u)];
}

fn mixed(i: i32) -> f32 {
  let c = i % u.channels;
  let pixel = i / u.channels;
  let at = vec2i(pixel / u.width % u.height, pixel % u.width);
  let n = pixel / (u.width * u.height);
  let before = select(n, u.count, n == 0) - 1;
  if (isWithin(at, vec2i(u.boxTop, u.boxLeft), vec2i(u.boxHeight, u.boxWidth))) { return own(before, at, c); }
  let value = own(n, at, c);
  if (u.weight == 1.0) { return value; }
  return u.weight * value + (1.0 - u.weight) * own(before, at, c);
}
${elementwiseMain(
  "images",
  `
  let at = i32(i);
  images[i] = ${value};`,
)}`;
  return { key: `${names.FinishImages} ${width}`, wgsl };
}

export const finishImages = defineKernel<names.FinishImagesInputs<TensorInfo>, names.FinishImagesAttrs>(
  names.FinishImages,
  ({ inputs: { bytes, places, values }, attrs: { bytesShape, shape, mix }, backend }) => {
    const images = backend.output(shape);
    const [count, height, width, channels] = shape;
    const box = mix?.name === "CutMix" ? mix.box : NO_BOX;
    runElementwise(backend, {
      program: PROGRAMS[widthOf(images)],
      buffers: [bytes, places, values, images],
      uniforms: {
        ints: [count, ...bytesShape, height, width, channels, box.top, box.left, box.height, box.width],
        floats: [mix?.name === "MixUp" ? mix.weight : 1],
        isVolatile: true,
      },
    });
    return [images];
  },
);
