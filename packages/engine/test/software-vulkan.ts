/** The Vulkan device that tests of `webgpu` use: vitest.config.ts names it. */

/** Its folder; empty where there is none. */
export const VULKAN = process.env.CONVKIT_TEST_VULKAN ?? "";

/** Says plainly what is not tested for want of one. */
export function sayWithoutVulkan(what: string): void {
  if (VULKAN !== "") return;
  process.stderr.write(
    `NOT RUN: ${what}, for want of a Vulkan device. node packages/engine/scripts/setup-software-vulkan.mjs\n`,
  );
}
