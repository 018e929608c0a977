/** The pages: Next.js, from the standalone build that lies beside this file, or as a development server. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { prepareNextEnvironment } from "../env.js";

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The package was not built. */
class PagesMissingError extends Error {
  override readonly name = "PagesMissingError";
}

export interface PagesOptions {
  /** Folder of this package. */
  readonly root: string;
  readonly isDevelopment: boolean;
  readonly server: Server;
  readonly port: number;
}

/** What is used of Next.js. */
type CreateNext = (options: object) => {
  prepare(): Promise<void>;
  getRequestHandler(): PageHandler;
};

/** @throws {PagesMissingError} */
export async function createPages({ root, isDevelopment, server, port }: PagesOptions): Promise<PageHandler> {
  const folder = isDevelopment ? root : join(root, "dist", "standalone", "apps", "dashboard");
  if (!existsSync(folder)) {
    throw new PagesMissingError(
      `Expected the dashboard's pages in ${folder}. Received: no such folder. pnpm --filter @convkit/dashboard build makes it.`,
    );
  }
  prepareNextEnvironment(
    isDevelopment ? "development" : "production",
    isDevelopment ? undefined : await readConfig(folder),
  );
  const createNext = createRequire(join(folder, "package.json"))("next") as CreateNext;
  const app = createNext({
    dev: isDevelopment,
    dir: folder,
    httpServer: server,
    hostname: "localhost",
    port,
  });
  await app.prepare();
  return app.getRequestHandler();
}

/** What `next build` made of next.config.ts; the standalone folder has no such file. */
async function readConfig(folder: string): Promise<string> {
  const files = JSON.parse(await readFile(join(folder, ".next", "required-server-files.json"), "utf8")) as {
    config: unknown;
  };
  return JSON.stringify(files.config);
}
