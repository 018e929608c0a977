/**
 * The GPUs that Dawn sees, and the choice among them. Dawn lists them only where it is asked for one that it does not have, and
 * tells them apart by their names alone.
 */
import { GpuChoiceError } from "../engine-errors.js";
import { gpuChoice } from "../env.js";
import { prepareVulkan, whyNoAdapter } from "./vulkan.js";

const importDawn = () => import("webgpu");
type Dawn = Awaited<ReturnType<typeof importDawn>>;

/**
 * Features that no web page may have: matrix units, and float16 on NVIDIA's drivers below 615.71, which tests
 * of the standard found wanting; only `--precision f16` uses it. Dawn ignores in silence what it does not know.
 */
const FEATURES = "enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia";

const NO_SUCH_ADAPTER = "adapter=\u0000";

/** Dawn's objects live as long as what `create` returned: without it, work in flight crashes the process. */
const alive: GPU[] = [];

/**
 * The adapter that CONVKIT_GPU names, or the first.
 *
 * @throws {Error} if there is none, which says why and what to do about it.
 * @throws {GpuChoiceError} if CONVKIT_GPU names none, or one of several that have the same name.
 */
export function findAdapter(): Promise<FoundAdapter> {
  return (found ??= find());
}

interface FoundAdapter {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
}

/** A process asks once: looking for GPUs takes a while. */
let found: Promise<FoundAdapter> | undefined;

async function find(): Promise<FoundAdapter> {
  const dawn = await loadDawn();
  prepareVulkan();
  const choice = gpuChoice();
  const flags = choice === undefined ? [] : [`adapter=${chooseName(choice, await listAdapters(dawn))}`];
  const gpu = createGpu(dawn, flags);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new Error(whyNoAdapter());
  return { gpu, adapter };
}

/** @returns the names, in Dawn's order. */
async function listAdapters(dawn: Dawn): Promise<string[]> {
  try {
    await createGpu(dawn, [NO_SUCH_ADAPTER]).requestAdapter();
    return [];
  } catch (error) {
    const lines = (error as Error).message.matchAll(/^ \* backend: '([^']*)', name: '(.*)'$/gm);
    return [...lines].filter(([, backend]) => backend !== "null").map(([, , name]) => name!);
  }
}

/**
 * @param choice a part of a name, in any case, or an index into the names (two digits at most).
 * @throws {GpuChoiceError} if it is none of them, or Dawn cannot tell it from another.
 */
export function chooseName(choice: string, names: readonly string[]): string {
  const all = names.length > 0 ? names.map((name, index) => `${index}: ${name}`).join(", ") : "none";
  const index = /^\d{1,2}$/.test(choice) ? Number(choice) : undefined;
  const name =
    index === undefined
      ? names.find((each) => each.toLowerCase().includes(choice.toLowerCase()))
      : names[index];
  if (name === undefined) {
    throw new GpuChoiceError(`Expected CONVKIT_GPU to name one of the GPUs (${all}). Received: "${choice}".`);
  }
  if (index !== undefined && names.indexOf(name) < index) {
    throw new GpuChoiceError(
      `Expected the GPUs to have names of their own, by which alone Dawn tells them apart (${all}). Received: index ${choice}. ` +
        "Show the process that GPU alone, in a container (NVIDIA_VISIBLE_DEVICES).",
    );
  }
  return name;
}

async function loadDawn(): Promise<Dawn> {
  let dawn: Dawn;
  try {
    dawn = await importDawn();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") {
      const said = (cause as Error).message.split("\n")[0];
      throw new Error(
        `webgpu, Dawn for Node, does not load: ${said}. It takes glibc 2.34 or newer on Linux`,
        { cause },
      );
    }
    throw new Error("webgpu, Dawn for Node, is not installed. npm install webgpu", { cause });
  }
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return dawn;
}

function createGpu({ create }: Dawn, flags: readonly string[]): GPU {
  const gpu = create([FEATURES, ...flags]);
  alive.push(gpu);
  return gpu;
}
