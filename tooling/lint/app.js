/** The preset of apps: their output is for people, so they may print. */
import { defineConfig } from "eslint/config";
import preset from "./eslint.js";

export default defineConfig(preset, { files: ["src/**"], rules: { "no-console": "off" } });
