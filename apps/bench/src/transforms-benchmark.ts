/**
 * What each transform costs a picture on one thread: ours, and torchvision's on tensors of bytes and on pictures of PIL.
 * Ours begin and end with bytes, as theirs do: a last transform of the pipeline, which costs nothing, stands for what
 * comes behind it.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Rng } from "@convkit/random";
import type { TransformSpec } from "@convkit/schema";
import { createTransformPipeline, valuesPerImage, type TransformPipeline } from "@convkit/transforms";
import { peerEnvironment } from "./env.js";
import { madePicture } from "./made-pictures.js";
import { Peer, PeerError } from "./peer.js";
import { type BenchmarkResult, formatSpread, verdict } from "./report.js";
import { ratioSpread, spreadOf, type Spread } from "./statistics.js";
import { startPeer } from "./step-peers.js";
import {
  LARGE,
  SMALL,
  STATISTICS,
  TRANSFORM_CASES,
  type PictureSize,
  type TransformCase,
} from "./transform-cases.js";

/** Policies draw operations that cost next to nothing or a lot: a turn takes many pictures. */
const TURN_MS = 100;
const WARM_UP_PICTURES = 20;
/** Different pictures of a size; they are taken in turn. */
const PICTURES = 8;
/** As fast as the better of the two peers. */
const LEAST_RATIO = 1;

type Pictures = ReadonlyMap<PictureSize, readonly Uint8Array[]>;

/** Does a case to so many pictures. @returns seconds; null if who does it went away. */
type Turn = (pictures: number) => Promise<number | null>;

const BY = ["convkit", "tensors", "PIL"] as const;
type By = (typeof BY)[number];

interface TransformRow {
  readonly label: string;
  /** Milliseconds a picture; null of what was not measured. */
  readonly msPerPicture: Readonly<Record<By, Spread | null>>;
  readonly better: By | null;
  /** Over the better of the peers. */
  readonly timesAsFast: Spread | null;
}

export async function measureTransforms(
  rounds: number,
  cases: readonly TransformCase[] = TRANSFORM_CASES,
): Promise<BenchmarkResult> {
  const rng = Rng.fromSeed(0);
  const pictures: Pictures = new Map(
    [SMALL, LARGE].map((size) => [size, Array.from({ length: PICTURES }, () => madePicture(rng, size))]),
  );
  const peer = await startTorchvision(cases, pictures);
  let torchvision: Peer | PeerError = peer;
  const theirs =
    (work: string): Turn =>
    async (count) => {
      if (torchvision instanceof PeerError) return null;
      try {
        return (await torchvision.go(count, work)).seconds;
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        torchvision = error;
        return null;
      }
    };
  const contests = cases.map((one, index) => ({
    label: one.label,
    contestants: [
      contestant("convkit", ownTurn(one, pictures)),
      contestant("tensors", theirs(`${index} tensor`)),
      ...(one.torchvision.takesPil ? [contestant("PIL", theirs(`${index} pil`))] : []),
    ],
  }));
  try {
    await takeTurns(
      contests.map(({ contestants }) => contestants),
      rounds,
    );
  } finally {
    if (peer instanceof Peer) await peer.stop();
  }
  const rows = contests.map(({ label, contestants }) => ({ label, ...outcomeOf(contestants, rounds) }));
  return {
    title: "Transforms",
    notes: [
      "Milliseconds a picture of 224×224×3 bytes on one thread, to bytes, or to float32 where Normalize is part of it; parameters are drawn anew for each picture, and what happens by chance always happens.",
      ...(peer instanceof Peer
        ? [
            `Peers: ${peer.label}: on uint8 tensors [3, height, width], torch.set_num_threads(1), and on pictures of PIL.`,
          ]
        : []),
      ...(torchvision instanceof PeerError ? [`torchvision: not measured: ${torchvision.message}`] : []),
      "Times as fast: than the better of the two, turns of about 100 ms one after another in every round.",
    ],
    columns: ["transform", "convkit, ms", "tensors, ms", "PIL, ms", "times as fast", "target"],
    rows: rows.map(({ label, msPerPicture, timesAsFast }) => [
      label,
      ...BY.map((by) => formatMs(msPerPicture[by])),
      timesAsFast === null ? "–" : formatSpread(timesAsFast, 2),
      `≥ ${LEAST_RATIO}: ${verdict(timesAsFast?.median ?? null, LEAST_RATIO)}`,
    ]),
    data: { rows, torchvision: torchvision instanceof PeerError ? torchvision.message : torchvision.label },
  };
}

const formatMs = (ms: Spread | null): string =>
  ms === null ? "–" : formatSpread(ms, ms.median < 0.1 ? 3 : 2);

export interface Contestant {
  readonly by: By;
  readonly turn: Turn;
  /** Of a turn; 0 before it is warm, and if it is not there. */
  pictures: number;
  /** Milliseconds a picture, of each round taken part in. */
  readonly ms: number[];
}

const contestant = (by: By, turn: Turn): Contestant => ({ by, turn, pictures: 0, ms: [] });

/**
 * All warm up before the first round: compilers work beside the program. In a round each case is done once, by one after
 * the other of its contestants; every other round goes the other way about.
 */
async function takeTurns(cases: readonly (readonly Contestant[])[], rounds: number): Promise<void> {
  for (const one of cases.flat()) {
    await one.turn(WARM_UP_PICTURES);
    const seconds = await one.turn(WARM_UP_PICTURES);
    if (seconds === null) continue;
    one.pictures = Math.max(1, Math.round((TURN_MS * WARM_UP_PICTURES) / (1000 * seconds)));
    await one.turn(one.pictures);
  }
  for (let round = 0; round < rounds; round++) {
    for (const contestants of cases) {
      for (const one of round % 2 === 0 ? contestants : contestants.toReversed()) {
        const seconds = one.pictures === 0 ? null : await one.turn(one.pictures);
        if (seconds !== null) one.ms.push((seconds * 1000) / one.pictures);
      }
    }
  }
}

/** Who went away before the rounds were over is not measured. */
export function outcomeOf(contestants: readonly Contestant[], rounds: number): Omit<TransformRow, "label"> {
  const measured = contestants.filter(({ ms }) => ms.length === rounds);
  const [own, ...peers] = measured;
  const better = peers.sort((a, b) => spreadOf(a.ms).median - spreadOf(b.ms).median)[0];
  const spreads = measured.map(({ by, ms }) => [by, spreadOf(ms)] as const);
  return {
    msPerPicture: { convkit: null, tensors: null, PIL: null, ...Object.fromEntries(spreads) },
    better: better?.by ?? null,
    timesAsFast: better === undefined ? null : ratioSpread(better.ms, own!.ms),
  };
}

function ownTurn({ spec, from, end }: TransformCase, pictures: Pictures): Turn {
  const shape = { count: 1, height: from[0], width: from[1], channels: 3 };
  const specs = spec === null ? [] : [spec];
  const pipeline =
    end === "bytes"
      ? endingWithBytes(specs)
      : createTransformPipeline([...specs, { name: "Normalize", ...STATISTICS }]);
  // As loaders have it: they give the memory of a batch, where it is float32 that comes out.
  const out = end === "float32" ? new Float32Array(valuesPerImage(pipeline.outputShape(shape))) : undefined;
  const rngs = [Rng.fromSeed(1)];
  const sources = pictures.get(from)!;
  return (count) => {
    const startedAtMs = performance.now();
    for (let i = 0; i < count; i++) pipeline.apply(sources[i % PICTURES]!, shape, rngs, { out });
    return Promise.resolve((performance.now() - startedAtMs) / 1000);
  };
}

/** A pipeline ends with float32. A module that makes some out of nothing leaves no more than the transforms to measure. */
function endingWithBytes(specs: readonly TransformSpec[]): TransformPipeline {
  let nothing = new Float32Array();
  const end = () => ({
    apply(images: ArrayLike<number>) {
      if (nothing.length !== images.length) nothing = new Float32Array(images.length);
      return nothing;
    },
  });
  return createTransformPipeline([...specs, { module: "end", options: {} }], new Map([["end", end]]));
}

/** @returns or why it is not there. */
async function startTorchvision(
  cases: readonly TransformCase[],
  pictures: Pictures,
): Promise<Peer | PeerError> {
  const folder = await mkdtemp(path.join(tmpdir(), "convkit-bench-transforms-"));
  const script = fileURLToPath(new URL("../src/torchvision-transforms.py", import.meta.url));
  try {
    const theirs = cases.map(({ from, end, torchvision }) => ({ from, end, ...torchvision }));
    await writeFile(path.join(folder, "cases.json"), JSON.stringify({ cases: theirs, ...STATISTICS }));
    for (const [[height, width], some] of pictures) {
      await writeFile(path.join(folder, `pictures-${height}x${width}.bin`), Buffer.concat(some));
    }
    const commands = (threads: number) =>
      ["python3", "/usr/bin/python3"].map((executable) => ({
        executable,
        args: [script, folder],
        env: peerEnvironment(threads),
      }));
    return await startPeer({ commands }, 1);
  } catch (error) {
    if (error instanceof PeerError) return error;
    throw error;
  } finally {
    // Whoever greeted has read it.
    await rm(folder, { recursive: true });
  }
}
