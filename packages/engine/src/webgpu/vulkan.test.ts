import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findManifests } from "./vulkan.js";

let root: string;
beforeEach(() => void (root = mkdtempSync(path.join(tmpdir(), "convkit-root-"))));
afterEach(() => rmSync(root, { recursive: true }));

function put(file: string): string {
  const place = path.join(root, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, "");
  return place;
}

it("finds drivers where Vulkan's loader does not look", () => {
  put("run/opengl-driver/share/vulkan/icd.d/README");
  const driver = put("run/opengl-driver/share/vulkan/icd.d/radeon_icd.x86_64.json");
  put("usr/lib64/libGLX_nvidia.so.0");
  expect(findManifests(root)).toEqual([driver]);
});

it("writes the manifest that NVIDIA's driver lacks in a container", () => {
  const library = put("usr/lib/x86_64-linux-gnu/libGLX_nvidia.so.0");
  const [manifest, ...more] = findManifests(root);
  expect(more).toEqual([]);
  expect(JSON.parse(readFileSync(manifest!, "utf8"))).toMatchObject({ ICD: { library_path: library } });
  rmSync(path.dirname(manifest!), { recursive: true });
});

it("finds none where there is none", () => {
  expect(findManifests(root)).toEqual([]);
});
