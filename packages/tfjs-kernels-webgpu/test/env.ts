/** What a developer may set for the tests of this package. */

/** CONVKIT_TEST_SEED: the seed of every random case; a failure names the one it happened with. */
export const testSeed = Number(process.env.CONVKIT_TEST_SEED ?? 1);

/** CONVKIT_VULKAN: folder of a Vulkan loader (`lib/`) and of drivers' manifests (`icd.d/`). vitest's preset sets it. */
export function vulkanFolder(): string | undefined {
  return process.env.CONVKIT_VULKAN || undefined;
}

export function useVulkanDriver(manifest: string): void {
  process.env.VK_DRIVER_FILES ??= manifest;
}
