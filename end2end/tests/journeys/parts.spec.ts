// The browser's code comes in two parts: the door's, and what is behind it. What is fetched when, and what happens when it is not.

import { expect, test } from "../../harness/fixtures.ts";
import type { Page } from "@playwright/test";

const PART = "**/pkg/split_behind.wasm";
/** Of the first route's wasm, as it comes over the wire. */
const FIRST_ROUTE_MAX = 350_000;

/** The wasm and the documents that a page asks for. */
function asked(page: Page): { wasm: string[]; documents: string[] } {
  const wasm: string[] = [];
  const documents: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (path.endsWith(".wasm") && !wasm.includes(path)) wasm.push(path);
    if (request.isNavigationRequest()) documents.push(path);
  });
  return { wasm, documents };
}

test("the parts are served compressed, as wasm, and asked for again", async ({ server }) => {
  for (const name of ["tokenkeep.wasm", "split_behind.wasm"]) {
    const answer = await fetch(`${server.url}/pkg/${name}`, { headers: { "Accept-Encoding": "br" } });
    expect(answer.status, name).toBe(200);
    expect(answer.headers.get("content-type"), name).toBe("application/wasm");
    expect(answer.headers.get("content-encoding"), name).toBe("br");
    expect(answer.headers.get("cache-control"), name).toBe("no-cache");
    const again = await fetch(`${server.url}/pkg/${name}`, {
      headers: { "If-Modified-Since": answer.headers.get("last-modified") ?? "" },
    });
    expect(again.status, name).toBe(304);
  }
});

test.describe("at the door", () => {
  test.use({ signedIn: false });

  test("the wasm of the first route is light @js", async ({ person, server }) => {
    const { wasm } = asked(person.page);
    await person.open("/sign-in");
    await person.page.waitForLoadState("networkidle");
    expect(wasm).toEqual(["/pkg/tokenkeep.wasm"]);
    let size = 0;
    for (const path of wasm) {
      const answer = await fetch(server.url + path, { headers: { "Accept-Encoding": "br" } });
      size += Number(answer.headers.get("content-length"));
    }
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(FIRST_ROUTE_MAX);
  });

  test("signing in leads behind the door with one document @js", async ({ person }) => {
    await person.open("/sign-in?next=/tokens%3Fteam%3Dx");
    const { wasm, documents } = asked(person.page);
    await person.signIn();
    await person.sees("Tokens");
    await person.settle();
    const { pathname, search } = new URL(person.page.url());
    expect(pathname + search).toBe("/tokens?team=x");
    expect(documents).toEqual(["/tokens"]);
    expect(wasm.sort()).toEqual(["/pkg/split_behind.wasm", "/pkg/tokenkeep.wasm"]);
  });
});

test("behind the door both parts are announced with the document, and walking fetches no more @js", async ({ person, server }) => {
  const html = await (await person.open("/")).text();
  for (const name of ["tokenkeep.wasm", "split_behind.wasm"]) expect(html).toMatch(new RegExp(`<link[^>]*"/pkg/${name}"`));
  const { wasm, documents } = asked(person.page);
  for (const name of ["Tokens", "Teams", "Mirrors", "Audit", "Settings", "Overview"]) {
    await person.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
    await person.sees(name);
  }
  expect(wasm).toEqual([]);
  expect(documents).toEqual([]);
  expect(person.page.url()).toBe(`${server.url}/`);
});

test("a page whose part does not come is as without JavaScript @js", async ({ person }) => {
  person.watch.allow(/Failed to load resource: net::ERR_FAILED/, /TypeError: Failed to fetch/, /was preloaded using link preload/);
  await person.page.route(PART, (route) => route.abort());
  await person.page.goto("/teams/new");
  const { documents } = asked(person.page);
  const name = `by hand ${Date.now()}`;
  await person.field("Name").fill(name);
  await person.button("Create team").click();
  await expect(person.page).not.toHaveURL(/new$/);
  await person.link("Audit").click();
  await person.sees("Audit");
  await expect(person.main()).toContainText(name);
  expect(documents).toContain("/audit");
});

test("a link that is clicked before the part has come leads on @js", async ({ person }) => {
  let come = () => {};
  const late = new Promise<void>((done) => (come = done));
  await person.page.route(PART, async (route) => {
    await late;
    await route.continue();
  });
  await person.page.goto("/");
  await person.link("Teams").click();
  await person.sees("Teams");
  come();
  await person.settle();
});
