// The canary: a whole day at the console, and then a search for every secret of it, everywhere but where it was shown.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Api, unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";

test.use({ signedIn: false });

const PASSWORD = "the canary sings at dawn 7";
const BACKEND = "the canary behind the backend 9";
const WRONG = "a password typed wrongly 8";

test("no secret is anywhere but where it was shown", async ({ newServer, person, context }) => {
  const server = await newServer({ mirror: true });
  person.server = server;
  person.watch.allowStatus(401, 422);
  const { page } = person;

  // Everything that the browser is told. What is a secret's own page is known by its path.
  const told: { url: string; body: string }[] = [];
  const reading: Promise<unknown>[] = [];
  context.on("response", (response) => {
    const from = response.request();
    const note = (body: string) => told.push({ url: `${from.method()} ${response.url()}`, body });
    reading.push(response.headersArray().then((headers) => note(JSON.stringify(headers.filter(({ name }) => name !== "set-cookie")))));
    if (response.status() < 300 || response.status() >= 400) reading.push(response.text().then(note, () => undefined));
  });

  const link = server.setupLink();
  const word = new URL(link).searchParams.get("link") ?? "";
  await person.open(link);
  await person.field("E-mail address").fill("canary@example.com");
  await person.field("Password").fill(PASSWORD);
  await person.button("Create owner").click();
  await person.sees("Overview");
  await person.settle();
  await person.signOut();
  await page.getByLabel("E-mail address").fill("canary@example.com");
  await page.getByLabel("Password").fill(WRONG);
  await person.button("Sign in").click();
  await expect(person.summary()).toContainText("wrong");
  await person.settle();
  await page.getByLabel("Password").fill(PASSWORD);
  await person.button("Sign in").click();
  await person.sees("Overview");
  const session = (await context.cookies()).find((cookie) => cookie.name.endsWith("session"))?.value ?? "";

  const name = unique("canary");
  await person.createTeam("Mine", true);
  await person.sees("Create token");
  const once = await person.createToken({ name: `${name} once`, team: "Mine", scopes: "a:read" });
  await person.reload();
  const again = await person.createToken({ name: `${name} again`, team: "Mine", scopes: "a:read", days: "30", revealable: true });
  await person.link("I have stored it").click();
  await person.link("Reveal…").click();
  await person.button(/^Reveal canary/).click();
  expect(await person.readSecret()).toBe(again.secret);
  await person.link("I have stored it").click();

  const key = (await server.run("admin", "api-key", "--name", "canary")).trim();
  const api = new Api(server.url, key);
  const made = await api.createToken({ name: `${name} by program`, team_id: (await api.getToken(once.id)).team_id, revealable: true });
  for (const secret of [once.secret, again.secret, made.token]) {
    expect(await api.verify(secret, ["nothing:else"])).toMatchObject({ valid: false, code: "scope_denied" });
    await fetch(`${server.url}/verify?scope=a:read`, { headers: { "X-API-Key": secret } });
    await fetch(`${server.url}/verify`, { headers: { Authorization: `Bearer ${secret}x` } });
    await api.call("POST", "/api/verify", `{"token": "${secret}", "scopes": [`);
  }
  expect((await api.call("POST", `/api/tokens/${made.id}/reveal`)).body).toEqual({ token: made.token });
  expect((await api.call("GET", `/api/tokens/${made.id}/reveal`)).body).toEqual({ token: made.token });
  await person.open("/routes/new");
  await person.field("Path").fill("/api/canary");
  await person.field("Backend").fill("https://canary.example");
  await person.field("The backend asks for").selectOption("bearer");
  await person.field("Bearer token").fill(BACKEND);
  await person.button("Create route").click();
  await person.sees("Routes");
  await person.open("/routes/test");
  await person.field("Path").fill("/api/canary/1");
  await person.field("Token").fill(made.token);
  await person.button("Try it").click();
  await expect(person.main()).toContainText("would be refused");
  for (const path of ["/", "/tokens", "/teams", "/routes", "/mirrors", "/mirrors/new", "/audit", "/settings", `/tokens/${once.id}`, `/tokens/${again.id}`]) {
    await person.open(path);
  }
  await api.revoke(once.id);
  await Promise.all(reading);

  const keyFile = readFileSync(join(server.dataDir, "token_encryption_key"), "utf8").trim();
  const secrets: Record<string, string> = {
    "token shown once": once.secret,
    "token shown again": again.secret,
    "token made by a program": made.token,
    "management key": key,
    password: PASSWORD,
    "wrong password": WRONG,
    "secret of a backend": BACKEND,
    "setup link": word,
    "encryption key": keyFile,
    session,
  };
  for (const [what, secret] of Object.entries(secrets)) expect(secret.length, what).toBeGreaterThan(20);

  const found: string[] = [];
  const search = (where: string, text: string | Buffer, but: string[] = []) => {
    for (const [what, secret] of Object.entries(secrets)) {
      if (!but.includes(what) && text.includes(secret)) found.push(`${what} in ${where}`);
    }
  };

  search("the log", server.log());
  search("what was printed", server.printed(), ["setup link"]);
  for (const { url, body } of told) {
    // The two pages that show a token show that one; the form of the setup holds the link that it was opened with.
    const but = [];
    for (const { id, what } of [{ id: once.id, what: "token shown once" }, { id: again.id, what: "token shown again" }]) {
      if (url.includes(`/tokens/${id}/secret`) || url.includes("/tokens/fn/take_secret")) but.push(what);
    }
    if (url.includes("/setup?link=")) but.push("setup link");
    search(url, body, but);
  }
  const showing = told.filter(({ body }) => body.includes(once.secret));
  expect(showing.length, "answers that hold the token shown once").toBe(1);

  // Everything on disk: Postgres' files (its write-ahead log with every row that was ever written), the mirror, the key.
  const files = [...walk(server.dataDir), ...walk(server.mirrorDir)];
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) {
    search(file, readFileSync(file), file.endsWith("token_encryption_key") ? ["encryption key"] : []);
  }
  expect(found).toEqual([]);

  await server.stop();
  search("the log, after the end", server.log());
  for (const file of walk(server.dataDir)) {
    search(file, readFileSync(file), file.endsWith("token_encryption_key") ? ["encryption key"] : []);
  }
  expect(found).toEqual([]);
});

test("what the browser loads has no secret's shape in it", async ({ server }) => {
  // From the page along every import: the scripts, the style, the wasm of the door and that of every part that is fetched behind it.
  const texts = new Map<string, string>();
  const follow = async (path: string, named: RegExp) => {
    if (texts.has(path)) return;
    const answer = await fetch(server.url + path, { headers: { Accept: "text/html" } });
    expect(answer.status, path).toBe(200);
    const text = Buffer.from(await answer.arrayBuffer()).toString("latin1");
    texts.set(path, text);
    if (path.endsWith(".wasm")) return;
    for (const [, name] of text.matchAll(named)) await follow(`/pkg/${name}`, /(?:from|URL\()\s*["']\.\/([\w.-]+)["']/g);
  };
  await follow("/sign-in", /["'(]\/pkg\/([\w.-]+)/g);
  const wasm = [...texts.keys()].filter((path) => path.endsWith(".wasm"));
  expect(wasm).toEqual(expect.arrayContaining(["/pkg/tokenkeep.wasm", "/pkg/split_behind.wasm"]));
  for (const [path, text] of texts) {
    expect(text.match(/ntk_[A-Za-z0-9_-]{43}|tkm_[A-Za-z0-9_-]{43}/), path).toBeNull();
    expect(text, path).not.toContain("argon2");
  }
});

function* walk(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile() && statSync(path, { throwIfNoEntry: false })) yield path;
  }
}
