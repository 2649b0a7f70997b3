import { defineConfig, devices } from "@playwright/test";
import type { Given } from "./harness/fixtures.ts";

// The journeys run twice, with JavaScript on and off: a project each, the same files. What a person without JavaScript cannot have (the
// clipboard, Escape in a dialog) is tagged @js.
//
// Environment: TOKENKEEP_TEST_BINARY is the server to test, TOKENKEEP_TEST_CHROMIUM the browser. SHOTS=1 adds the pictures.

// The longest that a page, an answer or a change on a page may take. The machine is shared by the build's other work.
const PATIENCE = 15_000;

const desktop = {
  ...devices["Desktop Chrome"],
  viewport: { width: 1280, height: 800 },
};

export default defineConfig<object, Given>({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: PATIENCE },
  reporter: [["list"]],
  use: {
    ...desktop,
    locale: "en-GB",
    timezoneId: "UTC",
    colorScheme: "light",
    contextOptions: { reducedMotion: "reduce" },
    actionTimeout: PATIENCE,
    navigationTimeout: 2 * PATIENCE,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath:
        process.env.TOKENKEEP_TEST_CHROMIUM || process.env.TOKENKEEP_CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "api", testDir: "tests/api" },
    { name: "js", testDir: "tests/journeys" },
    { name: "no-js", testDir: "tests/journeys", grepInvert: /@js/, use: { javaScriptEnabled: false } },
    { name: "axe", testDir: "tests/axe" },
    ...(process.env.SHOTS ? [{ name: "shots", testDir: "tests/shots", timeout: 600_000 }] : []),
  ],
});
