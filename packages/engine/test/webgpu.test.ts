import { expect, it, vi } from "vitest";
import { openEngine } from "../src/open-engine.js";
import { findAdapter } from "../src/webgpu/adapters.js";
import { runEngineSuite } from "./engine-suite.js";
import { VULKAN } from "./software-vulkan.js";

vi.stubEnv("CONVKIT_VULKAN", VULKAN);
await runEngineSuite("webgpu");

it.skipIf(VULKAN === "")("says which GPU it is, and what of it kernels can use", async () => {
  const { adapter } = await openEngine("webgpu");
  expect(adapter).toMatchObject({ name: expect.stringMatching(/\w/), driver: expect.stringMatching(/\d/) });
  expect(adapter!.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 27);
  expect(adapter!.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
});

it.skipIf(VULKAN === "")(
  "has Dawn's features switched on, which Dawn would ignore in silence if misspelt",
  async () => {
    const { adapter } = await findAdapter();
    // Shown to those alone who allow unsafe features.
    expect([...adapter.features].filter((name) => name.startsWith("chromium-experimental"))).not.toEqual([]);
  },
);
