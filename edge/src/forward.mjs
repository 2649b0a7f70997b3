// A request that may pass, on its way to its backend and back: without its token, with whose it was, and with what the backend asks for.

// Of one connection (RFC 9110, section 7.6.1), and what a backend must not hear from a caller.
const HOP_BY_HOP = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
const OURS = ["x-api-key", "authorization", "x-token-id", "x-team-id", "host"];

// Secrets are cached by KV for so many seconds.
const CACHE_TTL = 60;

/** Why a request is not forwarded. */
class NotForwarded extends Error {
    constructor(code, message) {
        super(message);
        this.code = code;
    }
}

function dropHops(headers) {
    const named = (headers.get("connection") ?? "").split(",").map((name) => name.trim());
    for (const name of [...HOP_BY_HOP, ...named]) {
        if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) headers.delete(name);
    }
}

/** Forwards a request as `answer.forward` says, and gives the backend's answer. */
export async function forward(request, { forward: to, token_id, team_id }, store) {
    const headers = new Headers(request.headers);
    dropHops(headers);
    // Many backends take an underscore for a hyphen, so that X_Team_Id would be ours to them too.
    const ours = [...headers.keys()].filter((name) => OURS.includes(name.replaceAll("_", "-")));
    for (const name of ours) headers.delete(name);
    if (token_id) headers.set("x-token-id", token_id);
    headers.set("x-team-id", team_id);
    await authorise(headers, to, store);
    const query = request.url.indexOf("?");
    const url = query < 0 ? to.url : to.url + request.url.slice(query).replace(/#.*$/s, "");
    const { method, body } = request;
    // An answer may be for one token alone: nobody keeps it on the way.
    const answer = await fetch(url, { method, headers, body, redirect: "manual", cache: "no-store" });
    return returned(answer, url, to);
}

async function authorise(headers, { auth, header, secrets }, store) {
    if (auth === "none") return;
    const values = await Promise.all(secrets.map((name) => secret(name, store)));
    if (auth === "bearer") headers.set("authorization", `Bearer ${values[0]}`);
    else if (auth === "api-key") headers.set(header, values[0]);
    else if (auth === "basic") headers.set("authorization", `Basic ${base64(values.join(":"))}`);
    else throw new NotForwarded("unavailable", "a kind of authentication is not known");
}

/** A backend's secret. Without it nothing is forwarded: a backend might answer strangers otherwise than us. */
async function secret(name, store) {
    const found = await store.get(name, { type: "json", cacheTtl: CACHE_TTL }).catch(() => null);
    if (typeof found?.value !== "string") throw new NotForwarded("unavailable", "a backend's secret is not there");
    return found.value;
}

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

function returned(answer, url, { backend, cut }) {
    const response = new Response(answer.body, answer);
    dropHops(response.headers);
    const location = response.headers.get("location");
    if (location !== null) response.headers.set("location", seen(location, url, backend, cut));
    return response;
}

/** A redirect as callers see it: below the route where it is below its backend, else where it leads. */
function seen(location, url, backend, cut) {
    if (!URL.canParse(location, url)) return location;
    const target = new URL(location, url);
    const base = new URL(backend);
    const below = base.pathname.replace(/\/$/, "");
    const inside = target.pathname === below || target.pathname.startsWith(`${below}/`);
    if (target.origin !== base.origin || !inside) return target.href;
    return (cut + target.pathname.slice(below.length) || "/") + target.search + target.hash;
}
