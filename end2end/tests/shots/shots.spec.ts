// Pictures for people to look at: every page in every width and theme. Run with SHOTS=1; SHOTS_DIR says where they go.
//
//   SHOTS=1 npx playwright test --project=shots
//   SHOTS=1 README=1 npx playwright test --project=shots -g README      makes the pictures of docs/images anew

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Api } from "../../harness/api.ts";
import { expect, OWNER, signIn, test } from "../../harness/fixtures.ts";
import type { Person } from "../../harness/person.ts";
import { Server } from "../../harness/server.ts";
import { EMPTY, pages, seed, type World } from "../../harness/world.ts";

const DIR = resolve(process.env.SHOTS_DIR ?? "test-results/shots");
const WIDTHS = [390, 768, 1440];
const THEMES = ["light", "dark"] as const;

test.describe.configure({ mode: "serial" });
test.use({ signedIn: false });

let server: Server;
let api: Api;
let world: World;

test.beforeAll(async () => {
  server = await Server.start({ owner: OWNER, mirror: true });
  api = new Api(server.url, (await server.run("admin", "api-key", "--name", "pictures")).trim());
});

test.afterAll(() => server.end());

test.beforeEach(async ({ context, watch }) => {
  watch.admit(server.url);
  watch.allowStatus(404, 422);
  await context.addCookies([await session()]);
});

// One session for all: signing in is limited.
let opened: ReturnType<typeof signIn> | undefined;
const session = () => (opened ??= signIn(server, OWNER));

for (const theme of THEMES) {
  test(`empty pages, ${theme}`, async ({ person }) => {
    await person.page.emulateMedia({ colorScheme: theme });
    for (const [name, path] of EMPTY) await picture(person, name, path, theme);
  });
}

test("a world to look at", async () => {
  world = await seed(api, true);
});

for (const theme of THEMES) {
  test(`full pages, ${theme}`, async ({ person }) => {
    await person.page.emulateMedia({ colorScheme: theme });
    for (const [name, path] of pages(world)) await picture(person, name, path, theme);
  });

  test(`moments, ${theme}`, async ({ person }) => {
    await person.page.emulateMedia({ colorScheme: theme });
    const [team] = world.teams;
    await person.open(`${server.url}/tokens/new`);
    await person.ask({ name: "", scopes: "No scope!", days: "4000" });
    await person.sendToken();
    await expect(person.summary()).toBeVisible();
    await snap(person, "new token, refused", theme);
    await person.ask({ name: `thumbnails ${theme}`, team: team?.name, scopes: "images:read images:write", days: "90", description: "Nightly." });
    await snap(person, "new token, filled", theme);
    await person.sendToken();
    await person.readSecret();
    await snap(person, "secret", theme);

    await person.page.setViewportSize({ width: 1440, height: 900 });
    await person.open(`${server.url}/tokens`);
    await person.row("terraform").locator(".cell-note").hover();
    await shot(person, "tokens, tooltip", theme, 1440, false);
    await person.button("Actions for gateway of the shop").click();
    await shot(person, "tokens, row menu", theme, 1440, false);
    for (const menu of ["Theme", "Account"]) {
      await person.open(server.url);
      await person.button(menu).click();
      await shot(person, `${menu} menu`, theme, 1440, false);
    }
    for (const locale of ["zh-CN", "zh-TW"]) {
      await person.page.context().addCookies([{ name: "tokenkeep_locale", value: locale, url: server.url }]);
      for (const [name, path] of pages(world)) {
        await person.open(server.url + path);
        await shot(person, `${name}, ${locale}`, theme, 1440, true);
      }
    }
  });

  test(`the door, ${theme}`, async ({ person, context }) => {
    await person.page.emulateMedia({ colorScheme: theme });
    await context.clearCookies();
    await picture(person, "sign in", "/sign-in", theme);
    await picture(person, "sign in, session ended", "/sign-in?next=/tokens/new", theme);
    await picture(person, "setup, done", "/setup?link=used", theme);
  });

  test(`the setup, ${theme}`, async ({ person, context, newServer }) => {
    await person.page.emulateMedia({ colorScheme: theme });
    await context.clearCookies();
    const nobodys = await newServer();
    for (const [name, url] of [["setup, no link", `${nobodys.url}/setup`], ["setup", nobodys.setupLink()]] as const) {
      await person.open(url);
      await snap(person, name, theme);
    }
  });

  test(`README, ${theme}`, async ({ person }) => {
    await person.page.emulateMedia({ colorScheme: theme });
    await person.page.setViewportSize({ width: 1440, height: 900 });
    await person.open(`${server.url}/tokens`);
    const into = process.env.README ? new URL("../../../docs/images", import.meta.url).pathname : DIR;
    mkdirSync(into, { recursive: true });
    await person.page.screenshot({ path: join(into, `tokens-${theme}.png`), clip: { x: 0, y: 0, width: 1440, height: 900 } });
  });
}

async function picture(person: Person, name: string, path: string, theme: string): Promise<void> {
  await person.open(server.url + path);
  await snap(person, name, theme);
}

/** The page as it is, in every width. */
async function snap(person: Person, name: string, theme: string): Promise<void> {
  for (const width of WIDTHS) {
    await person.page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await shot(person, name, theme, width, true);
  }
}

async function shot(person: Person, name: string, theme: string, width: number, fullPage: boolean): Promise<void> {
  mkdirSync(DIR, { recursive: true });
  const file = `${name.replaceAll(/[^A-Za-z0-9-]+/g, "-").toLowerCase()}--${width}--${theme}.png`;
  await person.page.screenshot({ path: join(DIR, file), fullPage });
}
