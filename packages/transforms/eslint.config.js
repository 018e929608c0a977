import preset from "@convkit/lint-config";
import { defineConfig } from "eslint/config";

// AssemblyScript: its types are not TypeScript's.
export default defineConfig({ ignores: ["assembly/*.ts"] }, preset);
