// Routes: made, changed, deleted, and tried.

import { randomUUID } from "node:crypto";
import { expect, test } from "../../harness/fixtures.ts";

/** A path that no other test has. */
const fresh = () => `/r${randomUUID().slice(0, 8)}`;

test("a route is made with a secret that is not shown again", async ({ person, api }) => {
  const path = fresh();
  await person.open("/routes/new");
  await person.field("Path").fill(`${path}/`);
  await person.field("Backend").fill("https://Images.example/v1/");
  await person.field("Tags").fill("llm, media");
  await person.field("The backend asks for").selectOption({ label: "An API key in a header" });
  await person.field("Header").fill("X-Key");
  await person.field("API key").fill("the key of the backend");
  await person.field("Deliver its secret to Cloudflare KV").check();
  await person.button("Create route").click();
  await person.sees("Routes");
  await expect(person.row(path)).toContainText("https://images.example/v1");
  await expect(person.row(path)).toContainText("tag:llm");
  await person.link(path).click();
  await person.sees(path);
  await person.settle();
  await expect(person.main()).toContainText("Kept here, sealed, and delivered to Cloudflare KV");
  await expect(person.field("API key")).toHaveValue("");
  const route = (await api.listRoutes()).find((route) => route.path === path);
  expect(route).toMatchObject({ tags: ["llm", "media"], auth: { type: "api-key", has_secret: true }, deliver_secret: true });
});

test("only the fields of what the backend asks for are seen", async ({ person }) => {
  await person.open("/routes/new");
  await expect(person.field("Bearer token")).toBeHidden();
  await expect(person.field("Deliver its secret to Cloudflare KV")).toBeHidden();
  await person.field("The backend asks for").selectOption("bearer");
  await expect(person.field("Bearer token")).toBeVisible();
  await expect(person.field("Password")).toBeHidden();
  await person.field("The backend asks for").selectOption("basic");
  await expect(person.field("User name")).toBeVisible();
  await expect(person.field("Bearer token")).toBeHidden();
});

test("what is wrong is said beside its field, and what was typed stays", async ({ person, api }) => {
  person.watch.allowStatus(409, 422);
  const path = fresh();
  await api.createRoute({ path, backend_url: "https://a.example" });
  await person.open("/routes/new");
  await person.field("Path").fill("no path");
  await person.field("Backend").fill("a.example");
  await person.field("The backend asks for").selectOption("bearer");
  await person.field("Bearer token").fill("the secret of the backend");
  await person.button("Create route").click();
  await expect(person.summary()).toContainText("2 things to put right");
  await person.settle();
  await expect(person.field("Path")).toHaveAttribute("aria-invalid", "true");
  await expect(person.field("Path")).toHaveValue("no path");
  await expect(person.field("The backend asks for")).toHaveValue("bearer");
  await person.field("Path").fill(path);
  await person.field("Backend").fill("https://b.example");
  await person.button("Create route").click();
  await expect(person.summary()).toContainText("Another route has this path");
});

test("a route is changed, and its secret stays until another takes its place", async ({ person, api }) => {
  const path = fresh();
  const route = await api.createRoute({ path, backend_url: "https://a.example", auth: { type: "bearer", token: "the first secret" } });
  await person.open(`/routes/${route.id}`);
  await expect(person.main()).toContainText("Kept here, sealed");
  await person.field("Backend").fill("https://b.example");
  await person.field("Required scopes").fill("images:read");
  await person.button("Save route").click();
  await person.sees("Routes");
  await expect(person.row(path)).toContainText("https://b.example");
  expect(await api.getRoute(route.id)).toMatchObject({ scopes: ["images:read"], version: 2, auth: { has_secret: true } });
  await person.open(`/routes/${route.id}`);
  await person.field("Forget the secret").check();
  await person.button("Save route").click();
  await person.sees("Routes");
  expect((await api.getRoute(route.id)).auth.has_secret).toBe(false);
});

test("somebody else's change is not overwritten unseen", async ({ person, api }) => {
  person.watch.allowStatus(409);
  const route = await api.createRoute({ path: fresh(), backend_url: "https://a.example" });
  await person.open(`/routes/${route.id}`);
  await api.must(200, "PATCH", `/api/routes/${route.id}`, { backend_url: "https://other.example" });
  await person.field("Name").fill("mine");
  await person.button("Save route").click();
  await expect(person.summary()).toContainText("Somebody changed this route meanwhile");
  expect((await api.getRoute(route.id)).backend_url).toBe("https://other.example");
});

test("a route is deleted after a question that says what becomes of its requests", async ({ person, api }) => {
  const above = fresh();
  await api.createRoute({ path: above, backend_url: "https://a.example" });
  const route = await api.createRoute({ path: `${above}/below`, backend_url: "https://b.example" });
  await person.open("/routes");
  await expect(person.row(route.path)).toContainText(`Also below ${above}`);
  await person.button(`Actions for ${route.path}`).click();
  await person.link("Delete…").click();
  await person.sees(route.path);
  await person.settle();
  await expect(person.page.getByRole("dialog")).toContainText(`Requests for it then take the route ${above}`);
  await person.button(`Delete ${route.path}`).click();
  await person.sees("Routes");
  await expect(person.row(`${above}/below`)).toHaveCount(0);
  expect((await api.listRoutes()).some(({ id }) => id === route.id)).toBe(false);
});

test("a request is tried with a token, and with scopes", async ({ person, api }) => {
  const path = fresh();
  await api.createRoute({ path, backend_url: "https://a.example", tags: ["llm"] });
  const team = await api.createTeam();
  const token = await api.createToken({ name: "tried", team_id: team.id, scopes: ["tag:llm"] });
  await person.open("/routes/test");
  await person.field("Path").fill(`${path}/7?size=2`);
  await person.field("Token").fill(token.token);
  await person.button("Try it").click();
  await expect(person.main()).toContainText("would go to https://a.example");
  await expect(person.main()).toContainText(`The token has the scope of a tag of the route ${path}.`);
  expect(person.page.url()).not.toContain("ntk_");

  await person.open("/routes/test");
  await person.field("Path").fill(`${path}zzz`);
  await person.field("Or scopes, instead of a token").fill("*");
  await person.button("Try it").click();
  await expect(person.main()).toContainText("would be refused");
  await expect(person.main()).toContainText("No route has this path");
  expect(await api.uses(token.id)).toBe(0);
});

test("a token that is not good is told by its reason", async ({ person, api }) => {
  const path = fresh();
  await api.createRoute({ path, backend_url: "https://a.example" });
  await person.open("/routes/test");
  await person.field("Path").fill(path);
  await person.field("Token").fill(`ntk_${"A".repeat(43)}`);
  await person.button("Try it").click();
  await expect(person.main()).toContainText("The token is refused: Never issued.");
});
