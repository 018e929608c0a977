/** What asks networks on each backend (see tooling/vitest/vitest.js for how to choose one); figures, which need none, once. */
import preset, { onEachBackend } from "@convkit/vitest-config";
import { defineConfig } from "vitest/config";

const EXPLAIN = "src/explain/**/*.test.ts";
const { projects = [] } = onEachBackend().test;

export default defineConfig({
  test: {
    ...preset.test,
    projects: [
      { extends: true, test: { name: "figures", exclude: [EXPLAIN] } },
      ...projects.map(({ test }) => ({ test: { ...test, include: [EXPLAIN] } })),
    ],
  },
});
