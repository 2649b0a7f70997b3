// The API, as a script on the server's machine uses it: a key from the command line, then plain HTTP.

import { createHash } from "node:crypto";
import { Api, unique } from "../../harness/api.ts";
import { expect, test } from "../../harness/fixtures.ts";

test("a key from the command line makes, checks, reveals and revokes a token", async ({ api }) => {
  const team = await api.createTeam(unique("team"), { reveal_allowed: true });
  const made = await api.call<Record<string, unknown>>("POST", "/api/tokens", {
    name: "by script",
    team_id: team.id,
    description: "From a test.",
    scopes: ["images:read", "images:write"],
    expires_days: 90,
    revealable: true,
  });
  expect(made.status).toBe(201);
  expect(made.headers.get("cache-control")).toContain("no-store");
  expect(made.body.token).toMatch(/^ntk_[A-Za-z0-9_-]{43}$/);
  const { id, token } = made.body as { id: string; token: string };

  const listed = await api.call<{ items: unknown[] }>("GET", `/api/tokens?team_id=${team.id}`);
  expect(listed.body.items).toHaveLength(1);
  const hash = createHash("sha256").update(token).digest("hex");
  for (const path of [`/api/tokens?team_id=${team.id}`, `/api/tokens/${id}`]) {
    const text = JSON.stringify((await api.call("GET", path)).body);
    expect(text).not.toContain(token);
    expect(text).not.toContain(hash);
  }

  expect(await api.verify(token, ["images:read"])).toMatchObject({ valid: true, token_id: id });
  expect(await api.verify(token, ["mail:send"])).toMatchObject({ valid: false, code: "scope_denied" });
  for (const method of ["POST", "GET"]) {
    const revealed = await api.call(method, `/api/tokens/${id}/reveal`);
    expect(revealed.body).toEqual({ token });
    expect(revealed.headers.get("cache-control")).toBe("no-store");
  }
  expect(await api.revoke(id)).toMatchObject({ status: "revoked" });
  expect(await api.verify(token)).toMatchObject({ valid: false, code: "revoked" });
  expect((await api.call("POST", `/api/tokens/${id}/revoke`)).status).toBe(409);
});

test("a reverse proxy asks with headers and is answered 204, 401 or 403", async ({ server, api }) => {
  const team = await api.createTeam();
  const { id, token } = await api.createToken({ name: "proxied", team_id: team.id, scopes: ["images:*"] });
  const ask = async (headers: Record<string, string>, query = "") => {
    const answer = await fetch(`${server.url}/verify${query}`, { headers });
    return { status: answer.status, code: answer.headers.get("x-verify-code"), headers: answer.headers };
  };
  for (const [header, value] of [["X-API-Key", token], ["Authorization", `Bearer ${token}`]] as const) {
    const good = await ask({ [header]: value }, "?scope=images:read");
    expect(good.status).toBe(204);
    expect(good.headers.get("x-token-id")).toBe(id);
    expect(good.headers.get("x-team-id")).toBe(team.id);
    expect(good.headers.get("x-token-scopes")).toBe("images:*");
  }
  expect(await ask({ "X-API-Key": token }, "?scope=mail:send")).toMatchObject({ status: 403, code: "scope_denied" });
  expect(await ask({})).toMatchObject({ status: 401 });
  expect(await ask({ "X-API-Key": "nonsense" })).toMatchObject({ status: 401, code: "malformed" });
  expect(await ask({ "X-API-Key": `ntk_${"A".repeat(43)}` })).toMatchObject({ status: 401, code: "unknown" });
  await api.revoke(id);
  expect(await ask({ "X-API-Key": token })).toMatchObject({ status: 401, code: "revoked" });
});

test("what is wrong is a problem document, with its code and its field", async ({ api }) => {
  const team = await api.createTeam();
  const good = { name: "good", team_id: team.id, scopes: ["a"] };
  for (const [wrong, code, field] of [
    [{ name: "" }, "empty", "name"],
    [{ name: "n".repeat(256) }, "too_long", "name"],
    [{ name: "nul\u0000" }, "control_character", "name"],
    [{ description: "d".repeat(501) }, "too_long", "description"],
    [{ scopes: [] }, "scopes_empty", "scopes"],
    [{ scopes: ["No Scope"] }, "scope_invalid", "scopes"],
    [{ expires_days: 0 }, "expires_days_range", "expires_days"],
    [{ expires_days: 3651 }, "expires_days_range", "expires_days"],
    [{ expires_at: "2001-01-01T00:00:00Z" }, "expires_in_past", "expires_at"],
    [{ team_id: "0192f0c1-2b3c-7d4e-8f50-123456789abc" }, "team_unknown", "team_id"],
  ] as const) {
    const answer = await api.call("POST", "/api/tokens", { ...good, ...wrong });
    expect(answer.status, code).toBe(422);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.body).toMatchObject({ code, field, request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  }
  await api.createToken(good);
  expect(await api.call("POST", "/api/tokens", good)).toMatchObject({ status: 409, body: { code: "name_taken", field: "name" } });
});

test("a body that cannot be read is refused, each in its own way", async ({ server, api }) => {
  const post = async (body: BodyInit, type = "application/json") => {
    const headers = { Authorization: `Bearer ${api.key}`, "Content-Type": type };
    const answer = await fetch(`${server.url}/api/tokens`, { method: "POST", headers, body });
    return { status: answer.status, code: ((await answer.json()) as { code: string }).code };
  };
  expect(await post("{")).toMatchObject({ code: "body_malformed" });
  expect(await post("a=b", "application/x-www-form-urlencoded")).toEqual({ status: 415, code: "content_type_unsupported" });
  expect(await post(new Uint8Array([0x22, 0xff, 0xfe, 0x22]))).toMatchObject({ code: "utf8_invalid" });
  expect(await post(`{"name":"${"x".repeat(1_100_000)}"}`)).toEqual({ status: 413, code: "body_too_large" });
});

test("without a key there is nothing to see, and a bad key does not fall back to a session", async ({ server, session }) => {
  const anonymous = new Api(server.url);
  for (const [method, path] of [["GET", "/api/tokens"], ["POST", "/api/tokens"], ["GET", "/api/teams"], ["GET", "/api/audit"]] as const) {
    expect(await anonymous.call(method, path, method === "POST" ? {} : undefined)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  }
  const cookie = { Cookie: `${session.name}=${session.value}` };
  expect(await anonymous.call("GET", "/api/tokens", undefined, cookie)).toMatchObject({ status: 200 });
  const mistaken = new Api(server.url, `tkm_${"A".repeat(43)}`);
  expect(await mistaken.call("GET", "/api/tokens", undefined, cookie)).toMatchObject({ status: 401 });
});

test("the same idempotency key makes one token", async ({ api }) => {
  const team = await api.createTeam();
  const body = { name: "once", team_id: team.id, scopes: ["a"] };
  const headers = { "Idempotency-Key": unique("key") };
  const first = await api.call<{ id: string }>("POST", "/api/tokens", body, headers);
  const second = await api.call<{ id: string }>("POST", "/api/tokens", body, headers);
  expect(second.body.id).toBe(first.body.id);
  expect(await api.listTokens(team.id)).toHaveLength(1);
  const other = await api.call("POST", "/api/tokens", { ...body, name: "other" }, headers);
  expect(other.body).toMatchObject({ code: "idempotency_mismatch" });
});

test("health, readiness and the API's description answer everybody", async ({ server }) => {
  const anonymous = new Api(server.url);
  expect((await anonymous.call("GET", "/healthz")).status).toBe(200);
  expect((await anonymous.call("GET", "/readyz")).status).toBe(200);
  const document = await anonymous.call<{ openapi: string; paths: object }>("GET", "/api/openapi.json");
  expect(document.body.openapi).toMatch(/^3\./);
  for (const path of ["/api/tokens", "/api/tokens/{id}/reveal", "/api/verify"]) expect(document.body.paths).toHaveProperty(path);
  expect((await anonymous.call("GET", "/api/docs")).status).toBe(200);
  expect(await anonymous.call("GET", "/api/nothing")).toMatchObject({ status: 404, body: { code: "not_found" } });
});

test("what was made is there after a restart", async ({ newServer, owner }) => {
  const server = await newServer({ owner, mirror: true });
  const api = new Api(server.url, (await server.run("admin", "api-key", "--name", "before")).trim());
  const team = await api.createTeam(unique("team"), { reveal_allowed: true });
  const token = await api.createToken({ name: "lasting", team_id: team.id, revealable: true });
  await server.stop();
  const later = (await server.run("admin", "api-key", "--name", "in between")).trim();
  await server.begin();
  expect(await api.verify(token.token)).toMatchObject({ valid: true });
  expect((await new Api(server.url, later).call("POST", `/api/tokens/${token.id}/reveal`)).body).toEqual({ token: token.token });
});

test("doctor finds nothing to mend beside a running server", async ({ server }) => {
  const said = await server.run("doctor");
  expect(said.length).toBeGreaterThan(0);
});
