/** The one vitest preset. Tests run as forks: native addons and process signals behave as in production. */
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
 * For a package that has to do the same on every tfjs backend: the preset with the whole suite on `cpu` and on
 * `native`, which fails where its addon was not built: a pass without it would be remembered as one with it.
 * CONVKIT_TEST_BACKEND names one backend instead, and CONVKIT_TEST_BACKEND_MODULE what registers it: a package or the
 * URL of a file. Tests and the processes that they start find both in their environment.
 *
 * None of these packages may import the backend, and it depends on one of them: so it is found by its path, and
 * turbo.json in each orders its build before their tests.
 */
export function onEachBackend() {
  return mergeConfig(preset, {
    test: {
      setupFiles: [fileURLToPath(new URL("open-backend.mjs", import.meta.url))],
      projects: backends().map(({ name, module }) => ({
        extends: true,
        test: { name, env: { CONVKIT_TEST_BACKEND: name, CONVKIT_TEST_BACKEND_MODULE: module } },
      })),
    },
  });
}

/** `module` is empty where tfjs itself brings the backend. */
function backends() {
  const { CONVKIT_TEST_BACKEND: chosen, CONVKIT_TEST_BACKEND_MODULE: module } = process.env;
  const root = new URL("../../packages/tfjs-backend-native/", import.meta.url);
  const all = [
    { name: "cpu", module: "" },
    { name: "native", module: new URL("dist/register.js", root).href },
  ];
  if (chosen)
    return [{ name: chosen, module: module ?? all.find(({ name }) => name === chosen)?.module ?? "" }];
  return all;
}
