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
import { createTransformPipeline, valuesPerImage, type TransformPipeline } from "@convkit/transforms";
import { peerEnvironment } from "./env.js";
import { madePicture } from "./made-pictures.js";
import { Peer, PeerError } from "./peer.js";
import { type BenchmarkResult, formatSpread, verdict } from "./report.js";
import { ratioSpread, spreadOf, type Spread } from "./statistics.js";
import { startPeer } from "./step-peers.js";
import { LARGE, SMALL, TRANSFORM_CASES, type PictureSize, type TransformCase } from "./transform-cases.js";

/** Policies draw operations that cost next to nothing or a lot: a turn takes many pictures. */
const TURN_MS = 100;
const WARM_UP_PICTURES = 5;
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

export async function measureTransforms(rounds: number): Promise<BenchmarkResult> {
  const rng = Rng.fromSeed(0);
  const pictures: Pictures = new Map(
    [SMALL, LARGE].map((size) => [size, Array.from({ length: PICTURES }, () => madePicture(rng, size))]),
  );
  const peer = await startTorchvision(pictures);
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
  const rows: TransformRow[] = [];
  try {
    for (const [index, one] of TRANSFORM_CASES.entries()) {
      const contestants = {
        convkit: ownTurn(one, pictures),
        tensors: theirs(`${index} tensor`),
        PIL: one.torchvision.takesPil ? theirs(`${index} pil`) : absent,
      };
      rows.push({ label: one.label, ...(await takeTurns(contestants, rounds)) });
    }
  } finally {
    if (peer instanceof Peer) await peer.stop();
  }
  return {
    title: "Transforms",
    notes: [
      "Milliseconds a picture of 224×224×3 bytes on one thread, to bytes but where the table says otherwise; parameters are drawn anew for each picture, and what happens by chance always happens.",
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

const absent: Turn = () => Promise.resolve(null);

/** All warm up, then take a turn a round; every other round goes the other way about. */
async function takeTurns(
  contestants: Readonly<Record<By, Turn>>,
  rounds: number,
): Promise<Omit<TransformRow, "label">> {
  const all = BY.map((by) => ({ by, turn: contestants[by], pictures: 0, ms: [] as number[] }));
  for (const one of all) {
    await one.turn(WARM_UP_PICTURES);
    const seconds = await one.turn(WARM_UP_PICTURES);
    if (seconds === null) continue;
    one.pictures = Math.max(1, Math.round((TURN_MS * WARM_UP_PICTURES) / (1000 * seconds)));
    await one.turn(one.pictures);
  }
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? all : all.toReversed()) {
      const seconds = one.pictures === 0 ? null : await one.turn(one.pictures);
      if (seconds !== null) one.ms.push((seconds * 1000) / one.pictures);
    }
  }
  const [own, ...peers] = all.filter(({ ms }) => ms.length === rounds);
  const better = peers.sort((a, b) => spreadOf(a.ms).median - spreadOf(b.ms).median)[0];
  const spreadBy = (by: By) => {
    const ms = all.find((one) => one.by === by)!.ms;
    return ms.length === rounds ? spreadOf(ms) : null;
  };
  return {
    msPerPicture: { convkit: spreadBy("convkit"), tensors: spreadBy("tensors"), PIL: spreadBy("PIL") },
    better: better?.by ?? null,
    timesAsFast: better === undefined ? null : ratioSpread(better.ms, own!.ms),
  };
}

function ownTurn({ spec, from }: TransformCase, pictures: Pictures): Turn {
  const shape = { count: 1, height: from[0], width: from[1], channels: 3 };
  const isNormalize = "name" in spec && spec.name === "Normalize";
  const pipeline = isNormalize ? createTransformPipeline([spec]) : endingWithBytes(spec);
  const out = isNormalize ? new Float32Array(valuesPerImage(shape)) : undefined;
  const rngs = [Rng.fromSeed(1)];
  const sources = pictures.get(from)!;
  return (count) => {
    const startedAtMs = performance.now();
    for (let i = 0; i < count; i++) pipeline.apply(sources[i % PICTURES]!, shape, rngs, { out });
    return Promise.resolve((performance.now() - startedAtMs) / 1000);
  };
}

/** A pipeline ends with float32. A module that makes some out of nothing leaves no more than the transform to measure. */
function endingWithBytes(spec: TransformCase["spec"]): TransformPipeline {
  let nothing = new Float32Array();
  const end = () => ({
    apply(images: ArrayLike<number>) {
      if (nothing.length !== images.length) nothing = new Float32Array(images.length);
      return nothing;
    },
  });
  return createTransformPipeline([spec, { module: "end", options: {} }], new Map([["end", end]]));
}

/** @returns or why it is not there. */
async function startTorchvision(pictures: Pictures): Promise<Peer | PeerError> {
  const folder = await mkdtemp(path.join(tmpdir(), "convkit-bench-transforms-"));
  const script = fileURLToPath(new URL("../src/torchvision-transforms.py", import.meta.url));
  try {
    const cases = TRANSFORM_CASES.map(({ from, torchvision }) => ({ from, ...torchvision }));
    await writeFile(path.join(folder, "cases.json"), JSON.stringify(cases));
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
