// Watches over a page: what a person would not see, and an engineer would be ashamed of.

import type { BrowserContext, Page } from "@playwright/test";

/**
 * Notes every error and warning in the browser's console (hydration warnings among them), every uncaught error, every failed request,
 * every answer of 500 and above, and every request that leaves the origin.
 */
export class Watch {
  readonly seen: string[] = [];
  readonly #origins: string[];
  readonly #allowed: RegExp[] = [];
  #resting = false;

  constructor(context: BrowserContext, origin: string) {
    this.#origins = [origin];
    context.on("page", (page) => this.#follow(page));
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.#note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.#note(`uncaught: ${error.error().message}`));
    context.on("request", (request) => {
      const url = request.url();
      const ours = this.#origins.some((origin) => url.startsWith(`${origin}/`)) || url.startsWith("data:");
      if (!ours) this.#note(`request to another origin: ${url}`);
    });
    context.on("response", (response) => {
      if (response.status() >= 500) this.#note(`answer ${response.status()}: ${response.url()}`);
    });
  }

  /** A second server that a test started. */
  admit(origin: string): void {
    this.#origins.push(origin);
  }

  /** What a test provokes by intent, such as a refused form, which the browser notes as `status of 422`. */
  allow(...what: RegExp[]): void {
    this.#allowed.push(...what);
  }

  /** A form that the server refuses: the browser notes the status of the answer by itself. */
  allowStatus(...statuses: number[]): void {
    this.allow(new RegExp(`Failed to load resource: .*status of (${statuses.join("|")}) `));
  }

  /** What was seen and not allowed. */
  unexpected(): string[] {
    return this.seen.filter((line) => !this.#allowed.some((allowed) => allowed.test(line)));
  }

  /** The test is over: what the browser still does while servers stop is no fault of theirs. */
  rest(): void {
    this.#resting = true;
  }

  #note(line: string): void {
    if (!this.#resting) this.seen.push(line);
  }

  #follow(page: Page): void {
    page.on("crash", () => this.#note(`the page crashed: ${page.url()}`));
  }
}
