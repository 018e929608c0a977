import { onVulkan } from "@convkit/vitest-config";

export default onVulkan();
