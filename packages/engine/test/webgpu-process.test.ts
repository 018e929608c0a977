/** What Dawn makes of a process: how it ends, what keeps it alive, what it says of failures. Each in a process of its own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openInChild, WITHOUT_NATIVE } from "./open-in-child.js";
import { sayWithoutVulkan, VULKAN } from "./software-vulkan.js";

sayWithoutVulkan("how processes on webgpu end and fail");

/** @returns how the process ended, and what it printed. */
function runOnGpu(program: string, { flags = [] as string[], env = {} } = {}) {
  const opening = `
    import { openEngine } from "@convkit/engine";
    const { tf } = await openEngine("webgpu");
    const ones = (...shape) => tf.ones(shape);
    /** A queue of work that is not awaited. */
    const work = () => {
      for (let i = 0; i < 40; i++) tf.tidy(() => void tf.matMul(ones(128, 128), ones(128, 128)));
      return tf.matMul(ones(128, 128), ones(128, 128));
    };
    const told = (promise) => promise.then(String, (error) => error.name);
    const say = (text) => process.stdout.write(text + "\\n");
    ${program}`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, "--input-type=module", "--eval", opening],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
      env: { ...process.env, CONVKIT_VULKAN: VULKAN, ...env },
      timeout: 100_000,
    },
  );
  return { status, signal, lines: stdout.trim().split("\n"), stderr };
}

describe.skipIf(VULKAN === "")("a process that uses a GPU", () => {
  it.each([
    { how: "by itself", program: "say((await work().data())[0]);", status: 0, said: "128" },
    { how: "by itself, with work in flight", program: 'work(); say("done");', status: 0, said: "done" },
    {
      how: "by process.exit with work in flight",
      program: 'work(); say("done"); process.exit(3);',
      status: 3,
      said: "done",
    },
    {
      how: "by process.exit with a read in flight",
      program: 'void work().data(); say("x"); process.exit(4);',
      status: 4,
      said: "x",
    },
    {
      how: "by process.exit in a promise",
      program: 'work().data().then(() => { say("x"); process.exit(5); });',
      status: 5,
      said: "x",
    },
    {
      how: "by an error",
      program: 'work(); say("x"); throw new RangeError("thrown");',
      status: 1,
      said: "x",
    },
    {
      how: "by a rejection",
      program: 'work(); say("x"); Promise.reject(new RangeError("thrown"));',
      status: 1,
      said: "x",
    },
    {
      how: "after its backend was removed",
      program: 'await work().data(); tf.removeBackend("webgpu"); say("x");',
      status: 0,
      said: "x",
    },
  ])("ends $how", ({ program, status, said }) => {
    const ended = runOnGpu(program);
    expect(ended).toMatchObject({ status, signal: null, lines: [said] });
    expect(ended.stderr.includes("thrown")).toBe(program.includes("thrown"));
  });

  it.each(["SIGTERM", "SIGINT", "SIGKILL"])("ends by %s with work in flight", (signal) => {
    const ended = runOnGpu(`work(); process.kill(process.pid, "${signal}"); for (;;) await tf.nextFrame();`);
    expect(ended).toMatchObject({ status: null, signal });
  });

  it("keeps what Dawn hangs on, however much garbage is collected", () => {
    const { status, lines } = runOnGpu(
      `for (let i = 0; i < 5; i++) {
         const result = work();
         delete navigator.gpu;
         gc();
         await new Promise((resolve) => setImmediate(resolve));
         gc();
         say((await result.data())[0]);
       }`,
      { flags: ["--expose-gc"] },
    );
    expect({ status, lines }).toEqual({ status: 0, lines: new Array(5).fill("128") });
  });

  it("is told what WebGPU refuses, where it would have read stale numbers", () => {
    const { status, lines } = runOnGpu(`
      const kept = work();
      const { device } = tf.backend();
      device.queue.writeBuffer(device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ }), 0, new Uint8Array(16));
      say(await told(kept.data()));
      say(await told(Promise.resolve().then(() => work().data())));`);
    expect({ status, lines }).toEqual({ status: 0, lines: ["GpuValidationError", "GpuValidationError"] });
  });

  it("is told that it cannot read within a call", () => {
    const { lines } = runOnGpu(`
      try { work().dataSync(); } catch (error) { say(error.name + ": " + error.message); }
      say(tf.tensor1d([1, 2]).dataSync().join());`);
    expect(lines[0]).toMatch(/^SynchronousReadError: .*await data\(\)/);
    expect(lines[1]).toBe("1,2");
  });

  it("is told that the device is lost, at once and ever after", () => {
    const { status, lines } = runOnGpu(`
      const read = work().data();
      tf.backend().device.destroy();
      say(await told(read));
      say(await told(Promise.resolve().then(() => work().data())));`);
    expect({ status, lines }).toEqual({ status: 0, lines: ["GpuDeviceLostError", "GpuDeviceLostError"] });
  });

  it("is told that a tensor is too large, and goes on", () => {
    const { status, lines } = runOnGpu(`
      const { maxStorageBufferBindingSize } = tf.backend().device.limits;
      const row = tf.zeros([1, maxStorageBufferBindingSize / 8]);
      say(await told(Promise.resolve().then(() => tf.tile(row, [4, 1]).data())));
      say((await work().data())[0]);`);
    expect({ status, lines }).toEqual({ status: 0, lines: ["GpuOutOfMemoryError", "128"] });
  });
});

describe.skipIf(VULKAN === "")("the choice of a GPU", () => {
  const gpuNamed = (choice: string) =>
    openInChild({ preference: "webgpu", env: { CONVKIT_VULKAN: VULKAN, CONVKIT_GPU: choice } });

  it.each(["0", "llvm", "LLVMPIPE"])("takes %s", (choice) => {
    expect(gpuNamed(choice)).toMatchObject({ name: "webgpu" });
  });

  it.each(["1", "H200"])("says which there are where %s is none of them", (choice) => {
    expect(gpuNamed(choice)).toEqual({
      error: "GpuChoiceError",
      message: expect.stringMatching(
        `^Expected CONVKIT_GPU to name one of the GPUs \\(0: llvmpipe.*\\)\\. Received: "${choice}"\\.$`,
      ),
    });
  });

  it("is not made by `auto` where the GPU is the processor", () => {
    const opened = openInChild({ env: { ...WITHOUT_NATIVE, CONVKIT_VULKAN: VULKAN } });
    expect(opened).toMatchObject({ name: "cpu" });
    expect("unavailable" in opened && opened.unavailable.find(({ name }) => name === "webgpu")).toEqual({
      name: "webgpu",
      reason: 'its adapter "llvmpipe" computes in software. --engine webgpu takes it all the same',
    });
  });
});

describe.skipIf(VULKAN === "")("a host that lacks something", () => {
  const missing = (env: NodeJS.ProcessEnv) =>
    openInChild({ preference: "webgpu", env: { CONVKIT_VULKAN: VULKAN, ...env } });

  it("has a driver that finds no GPU", () => {
    expect(missing({ VK_DRIVER_FILES: "/nowhere/icd.json" })).toMatchObject({
      error: "EngineUnavailableError",
      message: expect.stringMatching(
        /no GPU answers to its Vulkan drivers \(\/nowhere\/icd\.json\)\. .*--gpus all/,
      ),
    });
  });

  it("has no folder where CONVKIT_VULKAN names one", () => {
    expect(missing({ CONVKIT_VULKAN: "/nowhere" })).toMatchObject({
      error: "EngineUnavailableError",
      message: expect.stringContaining(
        "CONVKIT_VULKAN stands for libraries in /nowhere/lib, which does not exist",
      ),
    });
  });
});
