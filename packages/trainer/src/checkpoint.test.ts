import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Rng } from "@convkit/random";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CheckpointCorruptError,
  decodeCheckpoint,
  encodeCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
  type Checkpoint,
} from "./checkpoint.js";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "convkit-checkpoint-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const checkpoint: Checkpoint = {
  state: {
    formatVersion: 1,
    step: 12,
    epoch: 2,
    stepInEpoch: 2,
    totals: { loss: 0.1 + 0.2, correct: 3, count: 8 },
    learningRate: 1 / 3,
    rng: Rng.fromSeed(1).toJSON(),
    dropout: { dropout1: { calls: 12 } },
    callbacks: { earlyStopping: { best: null, wait: 0 } },
    stopReason: null,
  },
  weights: { "dense/kernel": { shape: [1, 2], data: Float32Array.of(-0, 1e-45) } },
  slots: { "dense/kernel/velocity": { shape: [1, 2], data: Float32Array.of(Number.NaN, 2) } },
  averages: {
    ema: { "dense/kernel": { shape: [1, 2], data: Float32Array.of(1, 2) } },
    lookahead: { "dense/kernel": { shape: [1, 2], data: Float32Array.of(3, 4) } },
  },
};

describe("saveCheckpoint", () => {
  it("gives back bit for bit what it was given", async () => {
    await saveCheckpoint(join(folder, "last"), checkpoint);
    expect(await loadCheckpoint(join(folder, "last"))).toEqual(checkpoint);
  });

  it("replaces the one before, even if a killed writer left a torn file beside it", async () => {
    await saveCheckpoint(folder, checkpoint);
    writeFileSync(join(folder, "checkpoint.safetensors.tmp"), "torn");
    const next = { ...checkpoint, state: { ...checkpoint.state, step: 13 } };
    await saveCheckpoint(folder, next);
    expect(await loadCheckpoint(folder)).toEqual(next);
  });

  it("leaves a whole checkpoint whenever the writer is killed", async () => {
    const script = fileURLToPath(new URL("../test/save-for-ever.mjs", import.meta.url));
    for (let kill = 0; kill < 4; kill++) {
      const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
      const lines = createInterface(child.stdout);
      let announced = 0;
      // Kills after a different number of saves each time, so at different moments of the next one.
      for await (const line of lines) {
        announced = Number(line);
        if (announced >= kill * 3 + 1) break;
      }
      child.kill("SIGKILL");
      await once(child, "exit");
      const found = await loadCheckpoint(folder);
      // The writer announces a step once it is saved, and fills the weights with the step's number.
      expect(found!.state.step).toBeGreaterThanOrEqual(announced);
      expect(new Set(found!.weights.big!.data)).toEqual(new Set([found!.state.step]));
    }
  });
});

describe("loadCheckpoint", () => {
  it("gives null where there is none", async () => {
    expect(await loadCheckpoint(join(folder, "nowhere"))).toBeNull();
  });

  it("refuses a file that is cut or has a bit flipped anywhere", async () => {
    const bytes = encodeCheckpoint(checkpoint);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Uint8Array.from(bytes);
      flipped[at]! ^= 1;
      expect(() => decodeCheckpoint(flipped), `byte ${at}`).toThrow();
      expect(() => decodeCheckpoint(bytes.subarray(0, at)), `length ${at}`).toThrow();
    }
    await saveCheckpoint(folder, checkpoint);
    const path = join(folder, "checkpoint.safetensors");
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    await expect(loadCheckpoint(folder)).rejects.toThrow(CheckpointCorruptError);
    await expect(loadCheckpoint(folder)).rejects.toThrow(path);
  });
});
