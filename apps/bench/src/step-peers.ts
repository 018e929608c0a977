/** Who takes part in the comparison of training steps, and how each is started. */
import { fileURLToPath } from "node:url";
import type { EngineName, Precision } from "@convkit/engine";
import { peerEnvironment } from "./env.js";
import { Peer, PeerError, type PeerCommand, type PeerOptions } from "./peer.js";
import type { ProgramName } from "./training-programs.js";

export const STEP_BATCH_SIZE = 128;
export const RECIPE_BATCH_SIZE = 512;
const CPU_BATCH_SIZE = 4;

export interface StepPeerSpec {
  readonly name: string;
  /** Peers of one group are ways of running the same library: the fastest counts. */
  readonly group: "native" | "native, bf16" | "tfjs-node" | "cpu" | "PyTorch" | "PyTorch, bf16";
  readonly batchSize: number;
  /** Too slow for more than one step, in the first round and without warming up. */
  readonly onlyOnce?: boolean;
  /** Tried in this order. */
  readonly commands: (threads: number) => readonly PeerCommand[];
}

export const nativePeer = tfjsPeer("native", "native", { engine: "native", program: "convkit" });

/** Native first, then what it is compared with; those in bfloat16 are compared with each other. */
export const STEP_PEERS: readonly StepPeerSpec[] = [
  nativePeer,
  tfjsPeer("native, bf16", "native, bf16", { engine: "native", precision: "bf16", program: "convkit" }),
  pytorchPeer("contiguous", "f32"),
  pytorchPeer("channels-last", "f32"),
  pytorchPeer("contiguous", "bf16"),
  pytorchPeer("channels-last", "bf16"),
  tfjsPeer("tfjs-node", "tfjs-node, stock layers", { engine: "tensorflow", program: "stock" }),
  tfjsPeer("tfjs-node", "tfjs-node, convkit's layers", { engine: "tensorflow", program: "convkit" }),
  {
    ...tfjsPeer("cpu", "pure-JS cpu", { engine: "cpu", program: "convkit", batchSize: CPU_BATCH_SIZE }),
    onlyOnce: true,
  },
];

/** airbench94 as its recipe trains it. */
export const RECIPE_PEERS: readonly StepPeerSpec[] = (["f32", "bf16"] as const).flatMap((precision) => [
  tfjsPeer(precision === "f32" ? "native" : "native, bf16", `native, ${precision}`, {
    engine: "native",
    precision,
    program: "airbench94",
    batchSize: RECIPE_BATCH_SIZE,
  }),
  pytorchPeer("channels-last", precision, "airbench94"),
]);

/** @throws {PeerError} with the last command's reason if none of them comes up. */
export async function startPeer(
  { commands }: Pick<StepPeerSpec, "commands">,
  threads: number,
  options: PeerOptions = {},
): Promise<Peer> {
  const reasons: string[] = [];
  for (const command of commands(threads)) {
    try {
      return await Peer.start(command, options);
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new PeerError([...new Set(reasons)].join("; "));
}

function tfjsPeer(
  group: StepPeerSpec["group"],
  name: string,
  {
    engine,
    precision = "f32",
    program,
    batchSize = STEP_BATCH_SIZE,
  }: { engine: EngineName; precision?: Precision; program: ProgramName; batchSize?: number },
): StepPeerSpec {
  const script = fileURLToPath(new URL("./step-child.js", import.meta.url));
  return {
    name,
    group,
    batchSize,
    commands: (threads) => [
      {
        executable: process.execPath,
        args: [script, engine, precision, program, String(batchSize)],
        env: peerEnvironment(threads),
      },
    ],
  };
}

/** `python3` may be a version manager's shim that knows nothing of the system's packages. */
function pytorchPeer(
  layout: "contiguous" | "channels-last",
  precision: Precision,
  network: "reference" | "airbench94" = "reference",
): StepPeerSpec {
  const batchSize = network === "reference" ? STEP_BATCH_SIZE : RECIPE_BATCH_SIZE;
  const script = fileURLToPath(new URL("../src/pytorch-step.py", import.meta.url));
  return {
    name: precision === "f32" ? `PyTorch, ${layout}` : `PyTorch, ${precision}, ${layout}`,
    group: precision === "f32" ? "PyTorch" : "PyTorch, bf16",
    batchSize,
    commands: (threads) =>
      ["python3", "/usr/bin/python3"].map((executable) => ({
        executable,
        args: [script, network, layout, precision, String(batchSize), String(threads)],
        env: peerEnvironment(threads),
      })),
  };
}
