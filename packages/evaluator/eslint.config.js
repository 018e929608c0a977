import preset from "@convkit/lint-config";
import { defineConfig } from "eslint/config";

/** The dashboard's server asks the main entry, where no tfjs is installed: networks are called in src/explain alone. */
export default defineConfig(preset, {
  files: ["src/**/*.ts"],
  ignores: ["src/explain/**"],
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: ["@tensorflow/*", "@convkit/models", "**/explain/*"],
            message: "The main entry loads no network; what needs one belongs into src/explain.",
          },
        ],
      },
    ],
  },
});
