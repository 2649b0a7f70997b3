// A program that calls the API, with a management key.

import { randomUUID } from "node:crypto";

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export interface Team {
  id: string;
  name: string;
}

/** Without `per`, so many in all. */
export interface UsesLimit {
  count: number;
  per?: "hour" | "day" | "week" | "month" | null;
}

export interface Token {
  id: string;
  token: string;
  name: string;
  team_id: string;
  display: string;
  description: string;
  scopes: string[];
  status: "active" | "scheduled" | "disabled" | "expired" | "revoked";
  expires_at: string | null;
  not_before: string | null;
  allowed_cidrs: string[];
  rate_limit: { requests: number; seconds: number } | null;
  uses_limit: UsesLimit | null;
  uses_left: number | null;
  uses_refill_at: string | null;
  disabled_at: string | null;
  retired_until: string | null;
  tags: string[];
  version: number;
  protected: boolean;
  disabled_until: string | null;
  revoke_reason: string | null;
  revoke_note: string | null;
}

export interface NewToken {
  name: string;
  team_id: string;
  description?: string;
  scopes?: string[];
  expires_days?: number | null;
  expires_at?: string;
  revealable?: boolean;
  not_before?: string;
  allowed_cidrs?: string[];
  rate_limit?: { requests: number; seconds: number };
  uses_limit?: UsesLimit;
}

export interface NewRoute {
  path: string;
  backend_url: string;
  name?: string;
  description?: string;
  tags?: string[];
  scopes?: string[];
  auth?: { type: string; header_name?: string; token?: string; key?: string; username?: string; password?: string };
  deliver_secret?: boolean;
}

export interface Route {
  id: string;
  path: string;
  backend_url: string;
  tags: string[];
  scopes: string[];
  auth: { type: string; has_secret: boolean; secret_keys: string[] };
  deliver_secret: boolean;
  version: number;
}

export class Api {
  constructor(
    readonly url: string,
    readonly key?: string,
  ) {}

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(this.url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(this.key && { Authorization: `Bearer ${this.key}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T };
  }

  /** Calls, and expects this status. */
  async must<T>(status: number, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status !== status) {
      throw new Error(`${method} ${path}: ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  createTeam(name: string = unique("team"), more: { description?: string; reveal_allowed?: boolean } = {}): Promise<Team> {
    return this.must(201, "POST", "/api/teams", { name, ...more });
  }

  createToken(token: NewToken): Promise<Token> {
    return this.must(201, "POST", "/api/tokens", { scopes: ["images:read"], ...token });
  }

  getToken(id: string): Promise<Token> {
    return this.must(200, "GET", `/api/tokens/${id}`);
  }

  createRoute(route: NewRoute): Promise<Route> {
    return this.must(201, "POST", "/api/routes", route);
  }

  getRoute(id: string): Promise<Route> {
    return this.must(200, "GET", `/api/routes/${id}`);
  }

  async listRoutes(): Promise<Route[]> {
    const page = await this.must<{ items: Route[] }>(200, "GET", "/api/routes");
    return page.items;
  }

  revoke(id: string): Promise<Token> {
    return this.must(200, "POST", `/api/tokens/${id}/revoke`);
  }

  disable(id: string): Promise<Token> {
    return this.must(200, "POST", `/api/tokens/${id}/disable`);
  }

  rotate(id: string, overlap_seconds = 86_400): Promise<Token> {
    return this.must(200, "POST", `/api/tokens/${id}/rotate`, { overlap_seconds });
  }

  async listTokens(teamId: string): Promise<Token[]> {
    const page = await this.must<{ items: Token[] }>(200, "GET", `/api/tokens?team_id=${teamId}&limit=200`);
    return page.items;
  }

  /** Verifies as if the token came from there. */
  async use(token: string, origin: string, scopes: string[] = []): Promise<{ valid: boolean; code?: string }> {
    return this.must(200, "POST", "/api/verify", { token, scopes, origin, user_agent: "curl/8.0" });
  }

  /** How often a token was good or refused, as far as it is counted. */
  async uses(id: string): Promise<number> {
    const { totals } = await this.must<{ totals: { valid: number; refused: number } }>(200, "GET", `/api/tokens/${id}/usage`);
    return totals.valid + totals.refused;
  }

  async verify(token: string, scopes?: string[]): Promise<{ valid: boolean; code?: string; token_id?: string; uses_left?: number }> {
    return this.must(200, "POST", "/api/verify", { token, ...(scopes && { scopes }) });
  }
}

/** A name that no other test has. */
export function unique(prefix: string): string {
  return `${prefix} ${randomUUID().slice(0, 8)}`;
}
