// One request, from its token to the answer. Decides nothing: that is the wasm's. Never logs, answers or forwards a token or its hash.
import wasm from "./edge_bg.wasm";
import { Edge, hash_of, initSync, refusal } from "./edge.js";
import { Believed } from "./believed.mjs";
import { settings } from "./settings.mjs";
import { forward } from "./forward.mjs";
import { Usage } from "./usage.mjs";

initSync({ module: wasm });

// What is told of a token that was good, also where its request went nowhere.
const GOOD = new Set(["good", "route_missing", "path_unreadable"]);

// Bindings are the same for as long as an isolate lives.
let isolate;

class Isolate {
    constructor(env) {
        this.settings = settings(env);
        this.edge = new Edge(this.settings.recordAge, this.settings.headAge);
        this.believed = new Believed(this.settings, this.edge);
        this.usage = new Usage(this.settings);
    }
}

/** The answer to a request. `clock` tells milliseconds since 1970. */
export async function handle(request, env, ctx, clock) {
    const began = clock();
    let answer;
    try {
        isolate ??= new Isolate(env);
        answer = await judged(request, clock);
    } catch (error) {
        console.error(error instanceof Error ? error.message : "unknown");
        answer = { code: "unavailable" };
    }
    const response = answer.forward ? await forwarded(request, answer) : refused(answer);
    if (answer.token_id) {
        const { token_id, route } = answer;
        const code = GOOD.has(answer.code) ? "valid" : answer.code;
        isolate.usage.add(ctx, { token_id, code, route, status: response.status }, clock() - began);
    }
    return response;
}

async function judged(request, clock) {
    const offered = token(request.headers);
    if (offered === null) return { code: "missing" };
    const hash = hash_of(offered);
    if (hash === undefined) return { code: "malformed" };
    await isolate.believed.learn(hash, clock());
    const address = request.headers.get("cf-connecting-ip") ?? undefined;
    return JSON.parse(isolate.edge.answer(hash, path(request.url), address, clock()));
}

/** The token that a request carries: `X-API-Key` goes before a bearer's. */
function token(headers) {
    const key = headers.get("x-api-key");
    if (key !== null) return key.trim();
    const [, bearer] = /^bearer +(.*)$/i.exec(headers.get("authorization") ?? "") ?? [];
    return bearer?.trim() ?? null;
}

/** The path as it was received, still percent-encoded, without query. */
function path(url) {
    const rest = url.slice(url.indexOf("://") + 3);
    const slash = rest.search(/[/?#]/);
    if (slash < 0 || rest[slash] !== "/") return "/";
    return rest.slice(slash).replace(/[?#].*$/s, "");
}

async function forwarded(request, answer) {
    try {
        return await forward(request, answer, isolate.settings.store);
    } catch (error) {
        // What a runtime throws has codes of its own.
        const code = typeof error.code === "string" ? error.code : "backend";
        console.error(`${code}: ${error.message}`);
        return refused({ code });
    }
}

/** A refusal: as JSON, with nothing of the request in it. */
export function refused({ code, retry_after }) {
    const { status, error, message } = JSON.parse(refusal(code));
    const headers = { "cache-control": "no-store", "x-verify-code": code };
    if (status === 401) headers["www-authenticate"] = "Bearer";
    if (retry_after) headers["retry-after"] = String(retry_after);
    return Response.json({ error, message }, { status, headers });
}
