// Somebody at the console. Says what they do, not how the page is built; the same with and without JavaScript.

import { expect, type Locator, type Page, type Response } from "@playwright/test";
import { hydrated } from "./hydration.ts";
import type { Owner, Server } from "./server.ts";
import type { Watch } from "./watch.ts";

export interface Asked {
  name?: string;
  team?: string;
  description?: string;
  scopes?: string;
  /** `null` is never; absent leaves the form as it is. */
  days?: string | null;
  revealable?: boolean;
  /** Date and time as the browser's field takes it: `2030-01-01T09:00`. */
  begins?: string;
  networks?: string;
  /** Requests and seconds. */
  rate?: [requests: string, seconds: string];
  /** How many, and the words of when they are refilled. */
  uses?: [count: string, refilled: string];
}

export class Person {
  constructor(
    readonly page: Page,
    /** Whose pages they look at. */
    public server: Server,
    readonly owner: Owner,
    readonly watch: Watch,
    readonly scripted: boolean,
  ) {}

  /** Opens a page of their server, or a whole address, and waits until it is alive. */
  async open(path: string): Promise<Response> {
    const response = await this.page.goto(new URL(path, this.server.url).href);
    if (!response) throw new Error(`${path} has no answer`);
    await this.settle();
    return response;
  }

  /** Waits until the page that is there is alive. */
  async settle(): Promise<void> {
    if (this.scripted) await hydrated(this.page);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.settle();
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole("heading", { level: 1, name });
  }

  async sees(heading: string | RegExp): Promise<void> {
    await expect(this.heading(heading)).toBeVisible();
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole("link", { name, exact: typeof name === "string" });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** A field of a form, by its label. */
  field(label: string): Locator {
    return this.page.getByRole("main").getByLabel(new RegExp(`^${label}(\\s*optional)?$`));
  }

  /** The page's own part, without the frame around it. */
  main(): Locator {
    return this.page.getByRole("main");
  }

  row(text: string): Locator {
    return this.page.getByRole("row").filter({ hasText: text });
  }

  /** Signs in at the door, where the page is. */
  async signIn(password = this.owner.password): Promise<void> {
    await this.page.getByLabel("E-mail address").fill(this.owner.email);
    await this.page.getByLabel("Password").fill(password);
    await this.button("Sign in").click();
  }

  async signOut(): Promise<void> {
    await this.button("Account").click();
    await this.button("Sign out").click();
    await this.sees("Sign in");
    await this.settle();
  }

  async createTeam(name: string, reveal = false): Promise<void> {
    await this.open("/teams/new");
    await this.field("Name").fill(name);
    if (reveal) await this.field("Tokens may be revealed later").check();
    await this.button("Create team").click();
  }

  /** Fills in the form for a new token, as far as it is said. */
  async ask(asked: Asked): Promise<void> {
    if (asked.name !== undefined) await this.field("Name").fill(asked.name);
    if (asked.team !== undefined) await this.field("Team").selectOption({ label: asked.team });
    if (asked.description !== undefined) await this.field("Description").fill(asked.description);
    if (asked.scopes !== undefined) await this.field("Scopes").fill(asked.scopes);
    if (asked.days === null) await this.field("Never expires").check();
    if (typeof asked.days === "string") {
      await this.field("Never expires").uncheck();
      await this.field("Days until it expires").fill(asked.days);
    }
    if (asked.revealable) await this.field("May be revealed later").check();
    if (asked.begins !== undefined || asked.networks !== undefined || asked.rate || asked.uses) await this.openLimits();
    await this.limit(asked);
  }

  /** Unfolds the limits of the form. */
  async openLimits(): Promise<void> {
    const limits = this.main().locator("details.limits");
    if ((await limits.getAttribute("open")) === null) await limits.locator("summary").click();
  }

  /** Fills in the fields of limits, as far as it is said. */
  async limit({ begins, networks, rate, uses }: Pick<Asked, "begins" | "networks" | "rate" | "uses">): Promise<void> {
    if (begins !== undefined) await this.field("Begins").fill(begins);
    if (networks !== undefined) await this.field("Networks").fill(networks);
    if (rate) {
      await this.field("Requests").fill(rate[0]);
      await this.field("Seconds").fill(rate[1]);
    }
    if (uses) {
      await this.field("Number of uses").fill(uses[0]);
      await this.field("Refilled").selectOption({ label: uses[1] });
    }
  }

  async sendToken(): Promise<void> {
    await this.main().getByRole("button", { name: "Create token" }).click();
  }

  /** Makes a token from its form, and returns its secret. */
  async createToken(asked: Asked): Promise<{ id: string; secret: string }> {
    await this.open("/tokens/new");
    await this.ask(asked);
    await this.sendToken();
    return { secret: await this.readSecret(), id: this.tokenId() };
  }

  /** The secret that the page shows. */
  async readSecret(): Promise<string> {
    const line = this.page.getByRole("region", { name: "The token" }).locator("code");
    await expect(line).toHaveText(/^ntk_[A-Za-z0-9_-]{43}$/);
    await this.settle();
    const secret = (await line.textContent()) ?? "";
    this.server.secrets.add(secret);
    return secret;
  }

  /** The id of the token whose page this is. */
  tokenId(): string {
    const id = new URL(this.page.url()).pathname.split("/")[2];
    if (!id) throw new Error(`${this.page.url()} is no page of a token`);
    return id;
  }

  /** The summary of what is wrong with a form. */
  summary(): Locator {
    return this.main().getByRole("alert");
  }

  /** Chooses an item of one of the menus at the top. */
  async choose(menu: string, item: string): Promise<void> {
    await this.button(menu).click();
    const arrived = this.page.waitForEvent("load");
    await this.button(item).click();
    await arrived;
    await this.settle();
  }
}
