import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{abi,cpu,mmu,devices,machine,tools,firmware,kernel,userland,tests}/**/*.spec.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: "forks",
  },
});
