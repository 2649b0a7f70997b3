// axe finds nothing, on any page in any state, light and dark.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";
import { EMPTY, pages } from "../../harness/world.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds on the page as it is, one line each. */
async function findings(page: Page, name: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${name}: ${id}: ${node.target.join(" ")}: ${node.failureSummary?.replaceAll(/\s+/g, " ").slice(0, 300)}`),
  );
}

// Each goes through every page there is.
test.describe.configure({ timeout: 300_000 });

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("pages", async ({ person, world }) => {
      person.watch.allowStatus(404);
      const found: string[] = [];
      for (const [name, path] of pages(world)) {
        await person.open(path);
        found.push(...(await findings(person.page, name)));
      }
      expect(found).toEqual([]);
    });

    test("on a phone", async ({ person, world }) => {
      person.watch.allowStatus(404);
      await person.page.setViewportSize({ width: 390, height: 844 });
      const found: string[] = [];
      for (const [name, path] of pages(world)) {
        await person.open(path);
        found.push(...(await findings(person.page, name)));
      }
      expect(found).toEqual([]);
    });

    test("states: secret, refused form, open menu, tooltip", async ({ person, api }) => {
      person.watch.allowStatus(409, 422);
      const found: string[] = [];
      const look = async (name: string) => found.push(...(await findings(person.page, name)));
      const team = await api.createTeam(unique("team"), { reveal_allowed: true });
      await api.createToken({ name: "long", team_id: team.id, description: "word ".repeat(60) });

      await person.open("/tokens/new");
      await person.ask({ name: "x", scopes: "No!", days: "0" });
      await look("new token, days");
      await person.sendToken();
      await expect(person.summary()).toBeVisible();
      await look("new token, refused");
      await person.createToken({ name: "secret", team: team.name, scopes: "a", revealable: true });
      await look("secret");
      await person.button("Copy token").click();
      await expect(person.button("Copy token")).toContainText("Cop");
      await look("secret, copied");
      await person.page.getByText("nginx", { exact: true }).click();
      await look("secret, nginx");

      await person.open("/teams/new");
      await person.button("Create team").click();
      await expect(person.summary()).toBeVisible();
      await look("new team, refused");

      await person.open("/routes/new");
      await person.field("The backend asks for").selectOption("basic");
      await look("new route, with a password");
      await person.button("Create route").click();
      await expect(person.summary()).toBeVisible();
      await look("new route, refused");
      await person.open("/routes/test");
      await person.field("Path").fill("/nowhere");
      await person.field("Or scopes, instead of a token").fill("images:read");
      await person.button("Try it").click();
      await expect(person.main()).toContainText("would be refused");
      await look("a request that was tried");

      await person.open(`/tokens?team=${team.id}`);
      await person.row("long").locator(".cell-note").focus();
      await look("tokens, tooltip");
      await person.button("Actions for secret").click();
      await look("tokens, row menu");
      for (const menu of ["Theme", "Language", "Account"]) {
        await person.open("/");
        await person.button(menu).click();
        await look(`${menu} menu`);
      }
      for (const locale of ["zh-CN", "zh-TW"]) {
        await person.page.context().addCookies([{ name: "tokenkeep_locale", value: locale, url: person.server.url }]);
        await person.open("/tokens/new");
        await look(`new token, ${locale}`);
      }
      expect(found).toEqual([]);
    });

    test("the chosen theme", async ({ person, world }) => {
      const found: string[] = [];
      const chosen = colorScheme === "dark" ? "light" : "dark";
      await person.page.context().addCookies([{ name: "tokenkeep_theme", value: chosen, url: person.server.url }]);
      for (const path of ["/tokens", `/tokens/${world.open.id}`, "/tokens/new"]) {
        await person.open(path);
        found.push(...(await findings(person.page, path)));
      }
      expect(found).toEqual([]);
    });

    test.describe("signed out", () => {
      test.use({ signedIn: false });

      test("the door, and the empty pages behind it", async ({ newServer, person }) => {
        person.watch.allowStatus(401, 404, 409, 422);
        const server = await newServer();
        const found: string[] = [];
        const look = async (name: string) => found.push(...(await findings(person.page, name)));

        await person.open(`${server.url}/setup`);
        await look("setup without a link");
        await person.open(server.setupLink());
        await look("setup");
        await person.button("Create owner").click();
        await expect(person.summary()).toBeVisible();
        await look("setup, refused");
        await person.field("E-mail address").fill("axe@example.com");
        await person.field("Password").fill(person.owner.password);
        await person.button("Create owner").click();
        await person.sees("Overview");
        for (const [name, path] of EMPTY) {
          await person.open(server.url + path);
          await look(name);
        }
        await person.open(server.url);
        await person.signOut();
        await look("sign in");
        await person.open(`${server.url}/sign-in?next=/tokens/new`);
        await look("sign in, session ended");
        await person.page.getByLabel("E-mail address").fill("axe@example.com");
        await person.page.getByLabel("Password").fill("wrong wrong wrong");
        await person.button("Sign in").click();
        await expect(person.summary()).toBeVisible();
        await look("sign in, refused");
        await person.open(server.setupLink());
        await look("setup done");
        expect(found).toEqual([]);
      });
    });
  });
}
