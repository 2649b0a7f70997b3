// While the database is away: a server that starts from its snapshot has one page, and comes back by itself.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../../harness/fixtures.ts";
import { until } from "../../harness/until.ts";

test.use({ signedIn: false });

const TITLE = "The database does not answer";

test("a page says what works, and the console is back when the database is", async ({ newServer, owner, page, person }) => {
  const database = await newServer({ owner });
  const key = (await database.run("key", "generate")).trim();
  const snapshot = join(database.dir, "snapshot");
  const server = await newServer({
    env: {
      DATABASE_URL: database.databaseUrl(),
      TOKEN_ENCRYPTION_KEY: key,
      TOKENKEEP_SNAPSHOT_PATH: snapshot,
      TOKENKEEP_INSTANCE: "second",
    },
  });
  server.secrets.add(key);
  await until("there is a snapshot", 30_000, () => existsSync(join(snapshot, "stamp")));
  await server.stop();
  await database.stop();
  await server.begin("/readyz/verify");

  person.watch.allowStatus(503);
  person.watch.allow(/^answer 503: /);
  for (const path of ["/", "/tokens", "/sign-in"]) {
    // Not as a person opens one: this page has no script to wait for.
    const answer = await page.goto(server.url + path);
    expect(answer?.status()).toBe(503);
    await person.sees(TITLE);
    await expect(person.main()).toContainText(/Tokens that this server knows are verified until .* UTC\./);
  }
  await expect(page).toHaveTitle(`${TITLE} · Tokenkeep`);
  expect(await page.locator("script").count()).toBe(0);
  // Its own style is there, also on a phone.
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const { scroll, family } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      family: getComputedStyle(document.body).fontFamily,
    }));
    expect(scroll).toBeLessThanOrEqual(width);
    expect(family).not.toMatch(/^("Times|serif)/);
  }
  await person.link("Try again").click();
  await person.sees(TITLE);

  await database.begin();
  await until("the server is ready", 60_000, async () => (await fetch(`${server.url}/readyz`)).ok);
  await person.link("Try again").click();
  await person.sees("Sign in");
  expect(server.leaks(), "secrets in the log").toEqual([]);
});
