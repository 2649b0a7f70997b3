// What every test is given: a server of its worker, an owner who has signed in, an API key, and a watch over the browser.

import { test as base, expect, type Cookie } from "@playwright/test";
import { Api } from "./api.ts";
import { HEARING } from "./hydration.ts";
import { Person } from "./person.ts";
import { Server, type Options, type Owner } from "./server.ts";
import { Watch } from "./watch.ts";
import { seed, type World } from "./world.ts";

export interface Given {
  /** Whether the browser has the owner's session. */
  signedIn: boolean;
}

interface Here {
  person: Person;
  watch: Watch;
  /** Starts another server, for this test alone. */
  newServer: (options?: Options) => Promise<Server>;
}

interface Around {
  server: Server;
  owner: Owner;
  api: Api;
  session: Cookie;
  world: World;
}

export const OWNER: Owner = { email: "ada@example.com", password: "correct horse battery staple" };

export const test = base.extend<Given & Here, Around>({
  signedIn: [true, { option: true }],

  owner: [async ({}, use) => use(OWNER), { scope: "worker" }],

  server: [
    async ({ owner }, use) => {
      const server = await Server.start({ owner, mirror: true });
      server.secrets.add(owner.password);
      try {
        await use(server);
        expect(server.leaks(), "secrets in the log").toEqual([]);
      } finally {
        await server.end();
      }
    },
    { scope: "worker", timeout: 90_000 },
  ],

  api: [
    async ({ server }, use) => {
      const key = (await server.run("admin", "api-key", "--name", "end to end")).trim();
      server.secrets.add(key);
      await use(new Api(server.url, key));
    },
    { scope: "worker" },
  ],

  world: [
    async ({ api }, use) => use(await seed(api)),
    { scope: "worker" },
  ],

  session: [
    async ({ server, owner }, use) => use(await signIn(server, owner)),
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => use(server.url),

  storageState: async ({ signedIn, session }, use) =>
    use({ cookies: signedIn ? [session] : [], origins: [] }),

  context: async ({ context }, use) => {
    await context.addInitScript(HEARING);
    await use(context);
  },

  watch: [
    async ({ context, server, javaScriptEnabled }, use) => {
      const watch = new Watch(context, server.url);
      // Without JavaScript the script and its wasm are announced and never run.
      if (javaScriptEnabled === false) watch.allow(/was preloaded using link preload but not used/);
      await use(watch);
      expect(watch.unexpected(), "errors in the browser").toEqual([]);
    },
    { auto: true },
  ],

  newServer: async ({ watch }, use) => {
    const started: Server[] = [];
    await use(async (options) => {
      const server = await Server.start(options);
      watch.admit(server.url);
      started.push(server);
      return server;
    });
    watch.rest();
    // The last one first: it may live on another's database.
    for (const server of started.toReversed()) await server.end();
  },

  person: async ({ page, server, owner, watch, javaScriptEnabled }, use) =>
    use(new Person(page, server, owner, watch, javaScriptEnabled !== false)),
});

export { expect };

/** Opens a session as the form does, and returns its cookie. */
export async function signIn(server: Server, owner: Owner): Promise<Cookie> {
  const answer = await fetch(`${server.url}/fn/sign_in`, {
    method: "POST",
    redirect: "manual",
    headers: { Origin: server.url, Accept: "text/html" },
    body: new URLSearchParams({ email: owner.email, password: owner.password }),
  });
  const [name, value] = answer.headers.getSetCookie().find((cookie) => cookie.includes("session="))?.split(";")[0]?.split("=") ?? [];
  if (!name || !value) throw new Error(`No session was opened: ${answer.status} ${await answer.text()}`);
  server.secrets.add(value);
  return {
    name,
    value,
    domain: new URL(server.url).hostname,
    path: "/",
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: "Lax",
  };
}
