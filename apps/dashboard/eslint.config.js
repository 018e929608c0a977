import preset from "@convkit/lint-config/app";
import { defineConfig } from "eslint/config";

export default defineConfig({ ignores: [".next/**", "next-env.d.ts", "public/**"] }, preset, {
  // Next.js demands default exports of its pages, and folders such as [id].
  files: ["src/app/**", "postcss.config.mjs"],
  rules: { "no-restricted-syntax": "off", "convkit/file-name": "off" },
});
