import { fileURLToPath } from "node:url";
import { RuleTester } from "eslint";
import tseslint from "typescript-eslint";
import { afterAll, describe, it } from "vitest";
import { fileName } from "./file-name.js";
import { headerComment } from "./header-comment.js";
import { importEdges } from "./import-edges.js";

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.afterAll = afterAll;

const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });
const inWorkspace = (/** @type {string} */ path) =>
  fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const schemaFile = inWorkspace("packages/schema/src/card.ts");
const engineFile = inWorkspace("packages/engine/src/open-engine.ts");
const trainerFile = inWorkspace("packages/trainer/src/fit.ts");

tester.run("import-edges", importEdges, {
  valid: [
    { code: 'import { z } from "zod";', filename: schemaFile },
    { code: 'import { finite } from "./finite.js";', filename: schemaFile },
    { code: 'import * as tf from "@tensorflow/tfjs";', filename: trainerFile },
    { code: 'export { Rng } from "@convkit/random";', filename: trainerFile },
    { code: 'const native = await import("@convkit/tfjs-backend-native");', filename: engineFile },
    { code: 'import type { A } from "@convkit/tfjs-backend-native";', filename: engineFile },
    { code: 'import { test } from "vitest";', filename: schemaFile.replace(".ts", ".test.ts") },
    { code: 'import "@convkit/trainer";', filename: inWorkspace("apps/examples/src/mnist.ts") },
  ],
  invalid: [
    ...[
      'import { Rng } from "@convkit/random";',
      'import type { Rng } from "@convkit/random/rng";',
      'export { Rng } from "@convkit/random";',
      'const { Rng } = await import("@convkit/random");',
      'import { readFileSync } from "node:fs";',
      'import { readFileSync } from "fs";',
      'import * as tf from "@tensorflow/tfjs-core";',
      'import { test } from "vitest";',
    ].map((code) => ({ code, filename: schemaFile, errors: [{ messageId: "forbidden" }] })),
    {
      code: 'import { fromNowhere } from "../../random/src/rng.js";',
      filename: schemaFile,
      errors: [{ messageId: "outside" }],
    },
    {
      code: 'import "@convkit/tfjs-backend-native/register";',
      filename: engineFile,
      errors: [{ messageId: "static" }],
    },
    { code: 'import "@convkit/engine";', filename: trainerFile, errors: [{ messageId: "forbidden" }] },
    {
      code: 'import "zod";',
      filename: inWorkspace("tooling/novel.ts"),
      errors: [{ messageId: "unknownPackage" }],
    },
  ],
});

tester.run("file-name", fileName, {
  valid: ["finite.ts", "index.ts", "kernels/max-pool.test.ts", "resnet20.ts"].map((name) => ({
    code: "",
    filename: inWorkspace(`packages/schema/src/${name}`),
  })),
  invalid: [
    ["FiniteNumber.ts", "case"],
    ["finite_number.ts", "case"],
    ["maxPool.ts", "case"],
    ["utils.ts", "drawer"],
    ["helpers.test.ts", "drawer"],
    ["lib/finite.ts", "drawer"],
  ].map(([name, messageId]) => ({
    code: "",
    filename: inWorkspace(`packages/schema/src/${name}`),
    errors: [{ messageId }],
  })),
});

tester.run("header-comment", headerComment, {
  valid: [
    "/** Why. */\nconst a = 1;",
    "#!/usr/bin/env node\n/** Why. */\nconst a = 1;",
    '/** Why. */\nimport a from "a";',
  ],
  invalid: ["const a = 1;", "// Why.\nconst a = 1;", "const a = 1;\n/** Too late. */"].map((code) => ({
    code,
    errors: [{ messageId: "missing" }],
  })),
});
