// Mirrors that people add: tried, added, changed and removed in the console.

import { randomUUID } from "node:crypto";
import { expect, test } from "../../harness/fixtures.ts";
import { namespace, type Namespace } from "../../harness/kv.ts";
import type { Person } from "../../harness/person.ts";
import { until } from "../../harness/until.ts";

const TOKEN = "cf-token-of-the-journeys-0123456789";

/** A name that no other test has. */
const fresh = () => `m${randomUUID().slice(0, 8)}`;

let kv: Namespace;

test.beforeEach(async () => {
  kv = await namespace(TOKEN);
});

test.afterEach(() => kv.end());

async function fill(person: Person, name: string, token: string): Promise<void> {
  await person.field("Name").fill(name);
  await person.field("Account id").fill("0a");
  await person.field("Namespace id").fill("0b");
  await person.field("API token").fill(token);
  await person.field("Address of the API").fill(kv.base);
}

/** Looks at the page until it says so. */
async function told(person: Person, what: string): Promise<void> {
  await until(`the page says ${what}`, 30_000, async () => {
    await person.reload();
    return ((await person.main().textContent()) ?? "").includes(what);
  });
}

test("a mirror is tried, added, and removed when it is empty", async ({ person, world }) => {
  test.setTimeout(300_000);
  expect(world.teams.length).toBeGreaterThan(0);
  const name = fresh();
  await person.open("/mirrors");
  await person.link("Add a mirror").click();
  await person.sees("Add a mirror");
  await person.settle();
  await person.link("Use Cloudflare KV").click();
  await fill(person, name, "not-the-token");
  await person.button("Test connection").click();
  await expect(person.main()).toContainText("Nothing could be written there");
  await expect(person.main()).toContainText("check the credentials");
  await person.settle();
  // Without a script the page came anew, and a secret is never kept in it.
  await expect(person.field("Name")).toHaveValue(name);
  await person.field("API token").fill(TOKEN);
  await person.button("Test connection").click();
  await expect(person.main()).toContainText("The connection works");
  expect(kv.values.size).toBe(0);
  await person.settle();
  await person.field("API token").fill(TOKEN);
  await person.button("Add a mirror").click();
  await person.sees(name);
  await person.settle();
  await told(person, "It holds what it should");
  expect(kv.values.has("head")).toBe(true);

  await person.button("Test connection").click();
  await expect(person.main()).toContainText("The connection works");
  await person.settle();
  await person.link("Remove…").click();
  await person.field("Empty it first").check();
  await person.button(`Remove ${name}`).click();
  person.watch.allowStatus(404);
  // KV lists late: it is only empty when it is so a minute after the last write.
  await until("the mirror is gone", 180_000, async () => {
    await person.open("/mirrors");
    return !((await person.main().textContent()) ?? "").includes(name);
  });
  expect(kv.values.size).toBe(0);
});

test("a credential is kept unless another is typed, and only for its address", async ({ person, api }) => {
  person.watch.allowStatus(422);
  const name = fresh();
  const settings = { account_id: "0a", namespace_id: "0b", api_base: kv.base, api_token: TOKEN };
  await api.must(201, "POST", "/api/mirrors", { name, kind: "kv", settings });
  await person.open(`/mirrors/${name}/target`);
  await expect(person.field("API token")).toHaveValue("");
  await expect(person.main()).toContainText("It is kept unless you type a new one");
  await person.field("Written for").selectOption("token-manager");
  await person.button("Save target").click();
  await person.sees(name);
  await person.open(`/mirrors/${name}/target`);
  await expect(person.field("Written for")).toHaveValue("token-manager");
  await person.field("Address of the API").fill("http://127.0.0.1:9/client/v4");
  await person.button("Save target").click();
  await expect(person.summary()).toContainText("a kept secret is not shown to a new address");
  await api.must(204, "DELETE", `/api/mirrors/${name}`);
});

test("what is wrong is said beside its field", async ({ person }) => {
  person.watch.allowStatus(422);
  await person.open("/mirrors/new?kind=s3");
  await person.field("Name").fill("S3");
  await person.field("Endpoint").fill("http://169.254.169.254");
  await person.field("Bucket").fill("x");
  await person.field("Access key id").fill("a");
  await person.field("Secret access key").fill("b");
  await person.button("Add a mirror").click();
  await expect(person.summary()).toContainText("Use lower-case letters");
  await person.settle();
  await person.field("Name").fill(fresh());
  await person.field("Access key id").fill("a");
  await person.field("Secret access key").fill("b");
  await person.button("Add a mirror").click();
  await expect(person.summary()).toContainText("link-local or a cloud’s metadata service");
  await expect(person.summary()).toContainText("This setting does not take that value");
  await expect(person.field("Bucket")).toHaveAttribute("aria-invalid", "true");
});

test("a mirror of the configuration says where it is set", async ({ person }) => {
  await person.open("/mirrors/files");
  await expect(person.main()).toContainText("This mirror is set in the server’s configuration");
  await expect(person.link("Remove…")).toHaveCount(0);
  await person.button("Test connection").click();
  await expect(person.main()).toContainText("The connection works");
  await person.open("/mirrors/files/target");
  await expect(person.main()).toContainText("It is changed and removed there");
});
