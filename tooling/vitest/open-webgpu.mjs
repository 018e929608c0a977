/** Opens the engine `webgpu`, whose backend needs a device before it can be registered: see vitest.js. */
const { openEngine } = await import(new URL("../../packages/engine/dist/index.js", import.meta.url).href);
await openEngine("webgpu");
