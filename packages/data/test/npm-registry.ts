/** An npm registry of a test's own with one package in it. */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "tar";
import type { Checksum } from "../src/fetching/checksum.js";
import { loadNpmSettings, type NpmSettings } from "../src/fetching/npm-settings.js";
import { serveFiles, type FileServer } from "./file-server.js";
import { writeFiles } from "./pictures.js";
import { temporaryFolder } from "./temporary-folder.js";

export interface NpmRegistry {
  readonly server: FileServer;
  /** As npm reads them where an .npmrc names this registry. */
  readonly settings: NpmSettings;
  readonly checksum: Checksum;
}

export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  /** By path inside the package. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

export async function serveNpmPackage({ name, version, files }: PublishedPackage): Promise<NpmRegistry> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "package"));
  await writeFiles(join(folder, "package"), files);
  const file = join(folder, "package.tgz");
  await create({ file, cwd: folder, gzip: true }, ["package"]);
  const tarball = await readFile(file);
  const server = await serveFiles();
  const path = `/${name}/-/${name}-${version}.tgz`;
  server.answers.set(path, tarball);
  const packument = { name, versions: { [version]: { dist: { tarball: `${server.url}${path}` } } } };
  server.answers.set(`/${name}`, Buffer.from(JSON.stringify(packument)));
  return {
    server,
    settings: await settingsWith(`registry=${server.url}/\n`),
    checksum: { algorithm: "sha512", digest: createHash("sha512").update(tarball).digest("hex") },
  };
}

/** @param npmrc of the project; of this machine's own configuration nothing counts. */
export async function settingsWith(npmrc: string): Promise<NpmSettings> {
  const folder = await writeFiles(await temporaryFolder(), { ".npmrc": npmrc, "package.json": "{}" });
  return loadNpmSettings(folder, {
    HOME: folder,
    npm_config_userconfig: join(folder, "no-user-config"),
    npm_config_globalconfig: join(folder, "no-global-config"),
  });
}
