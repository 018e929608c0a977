import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

/** Pages alone: no route handlers and no database. The server in src/server stands in front of them. */
const config: NextConfig = {
  output: "standalone",
  // The workspace's root, where the dependencies are linked from.
  outputFileTracingRoot: fileURLToPath(new URL("../..", import.meta.url)),
  turbopack: { root: fileURLToPath(new URL("../..", import.meta.url)) },
  poweredByHeader: false,
  devIndicators: false,
  // `typecheck` is a script of its own, over more than the pages.
  typescript: { ignoreBuildErrors: true },
  experimental: { optimizePackageImports: ["@convkit/ui", "lucide-react"] },
};

export default config;
