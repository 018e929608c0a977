/** The one vitest preset. Tests run as forks: native addons and process signals behave as in production. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";

const preset = defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
export default preset;

/**
 * For a package whose tests need a GPU: the preset with a Vulkan device, if there is one.
 *
 * @param {string} [variable] in which tests find its folder, where not all of them are to use it.
 */
export function onVulkan(variable = "CONVKIT_VULKAN") {
  return mergeConfig(preset, { test: { env: { [variable]: vulkanFolder(), ...QUICK_TO_COMPILE } } });
}

/** Mesa's device in software then leaves its programs as they are, which compiles them in half the time. */
const QUICK_TO_COMPILE = { GALLIVM_PERF: "nopt" };

/**
 * Where tests of the engine `webgpu` find a Vulkan device: the one in software of packages/engine/scripts/setup-software-vulkan.mjs,
 * unless CONVKIT_VULKAN names another. Empty where there is none: then that engine is tested on whatever GPU there is.
 */
function vulkanFolder() {
  const software = fileURLToPath(new URL("../../.scratch/software-vulkan", import.meta.url));
  return process.env.CONVKIT_VULKAN || (existsSync(`${software}/icd.d`) ? software : "");
}

/**
 * For a package that has to do the same on every tfjs backend: the preset with the whole suite on `cpu`, on
 * `native`, which fails where its addon was not built: a pass without it would be remembered as one with it, and on `webgpu`
 * where there is a Vulkan device for tests (see `vulkanFolder`).
 * CONVKIT_TEST_BACKEND names one backend instead, and CONVKIT_TEST_BACKEND_MODULE what registers it: a package or the
 * URL of a file. Tests and the processes that they start find both in their environment.
 *
 * None of these packages may import the backends, which depend on one of them: so they are found by their paths, and
 * turbo.json in each orders their builds before its tests.
 *
 * @param {object} [options]
 * @param {string[]} [options.usuallyElsewhere] patterns of the files that run on other backends than `native` unless
 *   CONVKIT_TEST_BACKEND names one, where most of a suite is about something else and would take long there.
 */
export function onEachBackend({ usuallyElsewhere } = {}) {
  return mergeConfig(preset, {
    test: {
      projects: backends(usuallyElsewhere).map(({ name, module, env, include = preset.test.include }) => ({
        // Not by `extends`, which adds patterns to those of the preset.
        test: {
          ...preset.test,
          name,
          include,
          setupFiles: [fileURLToPath(new URL("open-backend.mjs", import.meta.url))],
          env: { CONVKIT_TEST_BACKEND: name, CONVKIT_TEST_BACKEND_MODULE: module, ...env },
        },
      })),
    },
  });
}

/** `module` is empty where tfjs itself brings the backend. */
function backends(usuallyElsewhere) {
  const { CONVKIT_TEST_BACKEND: chosen, CONVKIT_TEST_BACKEND_MODULE: module } = process.env;
  const native = new URL("../../packages/tfjs-backend-native/dist/register.js", import.meta.url).href;
  const webgpu = {
    name: "webgpu",
    module: new URL("open-webgpu.mjs", import.meta.url).href,
    env: { CONVKIT_VULKAN: vulkanFolder(), ...QUICK_TO_COMPILE },
  };
  const all = [
    { name: "cpu", module: "", include: usuallyElsewhere },
    { name: "native", module: native },
  ];
  if (chosen) {
    const known = [...all, webgpu].find(({ name }) => name === chosen);
    return [{ name: chosen, module: module ?? known?.module ?? "", env: known?.env }];
  }
  if (vulkanFolder() !== "") return [...all, { ...webgpu, include: usuallyElsewhere }];
  process.stderr.write(
    `NOT RUN: this suite on webgpu, for want of a Vulkan device. node packages/engine/scripts/setup-software-vulkan.mjs\n`,
  );
  return all;
}
