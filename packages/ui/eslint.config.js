import preset from "@convkit/lint-config";
import { defineConfig } from "eslint/config";

/** The preset reads types in `.ts` only; here most code is `.tsx`. */
const typeChecked = preset.find((config) => config.rules?.["@typescript-eslint/no-floating-promises"]);
const headed = preset.find((config) => config.rules?.["convkit/header-comment"]);

export default defineConfig(
  preset,
  { ...typeChecked, files: ["**/*.tsx"] },
  { ...headed, files: ["src/**/*.tsx"], ignores: [] },
);
