import { onVulkan } from "@convkit/vitest-config";

export default onVulkan("CONVKIT_TEST_VULKAN");
