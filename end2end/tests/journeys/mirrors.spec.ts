// Mirrors: where a token is, and what people do with a mirror.

import { createHash, randomBytes } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";
import type { Person } from "../../harness/person.ts";
import { until } from "../../harness/until.ts";

const PAGE = "/mirrors/files";

/** Looks at the page until it says so. */
async function told(person: Person, what: string | RegExp): Promise<void> {
  await until(`the page says ${what}`, 30_000, async () => {
    await person.reload();
    const said = (await person.main().textContent()) ?? "";
    return typeof what === "string" ? said.includes(what) : what.test(said);
  });
}

test("the drawing and the list lead to a mirror's page, which says how it is", async ({ person, server, world }) => {
  expect(world.teams.length).toBeGreaterThan(0);
  await person.open("/mirrors");
  await told(person, "up to date");
  await expect(person.main().getByRole("group", { name: "Postgres and its mirrors" }).first()).toBeVisible();
  await person.row(server.mirrorDir).getByRole("link", { name: "Files" }).click();
  await person.sees("Files");
  await expect(person.main()).toContainText("It holds what it should");
  await expect(person.main()).toContainText(server.mirrorDir);
  await expect(person.main().getByRole("table", { name: "Last runs" })).toContainText("What changed");
  await person.open("/mirrors/nowhere").then((answer) => expect(answer.status()).toBe(404));
  person.watch.allowStatus(404);
  await person.sees("No such mirror");
});

test("the drawing follows by itself @js", async ({ person, api }) => {
  await person.open("/mirrors");
  const files = person.row("Files");
  const before = Number(await files.getByRole("cell").last().textContent());
  const team = await api.createTeam();
  await api.createToken({ name: unique("counted"), team_id: team.id });
  await expect(files.getByRole("cell").last()).toHaveText(String(before + 1));
});

test("a mirror is paused, tells what it may still accept, and goes on", async ({ person, api }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: unique("lingers"), team_id: team.id });
  await person.open(`/tokens/${token.id}`);
  await told(person, "Has it");

  await person.open(PAGE);
  await person.button("Pause").click();
  await expect(person.main()).toContainText("Somebody paused it");
  await api.revoke(token.id);
  await told(person, "May still accept");
  await person.link(token.name).click();
  await person.sees(token.name);
  await expect(person.page.locator("#mirrors")).toContainText("May still accept it");

  await person.open(PAGE);
  await person.button("Resume").click();
  await expect(person.button("Pause")).toBeVisible();
  await told(person, "It holds what it should");
  await expect(person.main()).not.toContainText("May still accept");
  await person.open(`/tokens/${token.id}`);
  await expect(person.page.locator("#mirrors")).toContainText("Does not have it");
});

test("a preview tells what a push would put back, and the push does", async ({ person, api, server }) => {
  const team = await api.createTeam();
  const token = await api.createToken({ name: unique("lost"), team_id: team.id });
  const hash = createHash("sha256").update(token.token).digest("hex");
  const file = join(server.mirrorDir, "tokens", `${hash}.json`);
  await until("the token is mirrored", 20_000, () => existsSync(file));
  rmSync(file);

  await person.open(PAGE);
  await person.button("Preview").click();
  await told(person, `+ ${hash.slice(0, 8)}`);
  expect(existsSync(file)).toBe(false);
  await person.button("Push now").click();
  await until("the record is back", 20_000, () => existsSync(file));
});

test("records that nobody here issued are deleted when somebody says so", async ({ person, server }) => {
  const file = join(server.mirrorDir, "tokens", `${randomBytes(32).toString("hex")}.json`);
  writeFileSync(file, "{}");
  await person.open(PAGE);
  await person.button("Push now").click();
  await told(person, "1 record that nobody here issued");
  expect(existsSync(file)).toBe(true);
  await person.main().getByRole("link", { name: "Delete" }).click();
  await person.button("Delete 1 record").click();
  await until("the record is gone", 20_000, () => !existsSync(file));
  await person.open(PAGE);
  await person.button("Push now").click();
  await told(person, /^(?!.*that nobody here issued)/s);
});
