// The part of Cloudflare's REST API for Workers KV that a mirror uses, as its documentation has it, on the runtime's own KV.
//
// Checked: the bearer, account and namespace, at most 10,000 keys in a bulk request and 100 in a read, names of at most 512 bytes, metadata of at
// most 1,024, an expiry at least 60 s ahead. Not there: one write a second for each key, and listings that are behind. The second can be asked for:
//
//   POST /control {"refuse": ["name"]}   the next bulk request leaves those out, and says so
//   POST /control {"freeze": true}       listings stay as they are now, until {"freeze": false}
//   POST /control {"page": 100}          a page of a listing is shorter than was asked for, as Cloudflare says that it may be

const BULK_MAX = 10_000;
const READ_MAX = 100;
const NAME_MAX = 512;
const METADATA_MAX = 1024;
const EXPIRES_AFTER_MIN = 60;

const size = (text) => new TextEncoder().encode(text).length;
let refuse = [];
let frozen = null;
let asked = [];
let longest = 1000;

export default {
    async fetch(request, env) {
        const url = new URL(request.url);
        if (url.pathname === "/control") return control(request, env);
        const call = `${request.method} ${url.pathname.split("/").slice(9).join("/")}`;
        asked.push(call);
        // Whole, whatever the answer: the runtime cuts a connection on which a body was left.
        const sent = await request.text();
        try {
            return await answer(request, sent, url, env);
        } catch (error) {
            if (error instanceof Refused) return error.response();
            throw error;
        }
    },
};

async function control(request, env) {
    const said = await request.json();
    if (said.refuse) refuse = said.refuse;
    if (said.freeze !== undefined) frozen = said.freeze ? await everything(env.KV_namespace) : null;
    if (said.page) longest = said.page;
    const before = asked;
    if (said.forget) asked = [];
    return Response.json(before);
}

class Refused extends Error {
    constructor(status, code, message) {
        super(message);
        Object.assign(this, { status, code });
    }
    response() {
        const errors = [{ code: this.code, message: this.message }];
        return Response.json({ success: false, errors, messages: [], result: null }, { status: this.status });
    }
}

const good = (result, result_info) => Response.json({ success: true, errors: [], messages: [], result, result_info });

async function answer(request, sent, url, env) {
    const bearer = request.headers.get("authorization") ?? "";
    if (!/^Bearer \S+$/.test(bearer)) throw new Refused(400, 6003, "Invalid request headers");
    if (bearer !== `Bearer ${env.TOKEN}`) throw new Refused(401, 10000, "Authentication error");
    const path = url.pathname.match(/^\/client\/v4\/accounts\/([^/]+)\/storage\/kv\/namespaces\/([^/]+)\/(.+)$/);
    if (!path) throw new Refused(404, 7000, "No route for that URI");
    if (path[1] !== env.ACCOUNT) throw new Refused(403, 10000, "Authentication error");
    const kv = env[`KV_${path[2]}`];
    if (!kv) throw new Refused(404, 10013, "namespace not found");
    const call = `${request.method} ${path[3]}`;
    if (call === "GET keys") return list(url.searchParams, kv);
    if (call === "PUT bulk") return put(body(sent), kv);
    if (call === "POST bulk/delete") return remove(body(sent), kv);
    if (call === "POST bulk/get") return read(JSON.parse(sent), kv);
    if (call.startsWith("GET values/")) return value(decodeURIComponent(path[3].slice("values/".length)), kv);
    throw new Refused(405, 10405, "Method not allowed");
}

function body(sent) {
    const items = JSON.parse(sent);
    if (!Array.isArray(items)) throw new Refused(400, 10026, "an array is needed");
    if (items.length > BULK_MAX) throw new Refused(400, 10027, `at most ${BULK_MAX} keys`);
    return items;
}

async function list(query, kv) {
    const limit = Number(query.get("limit") ?? "1000");
    if (!(limit >= 10 && limit <= 1000)) throw new Refused(400, 10029, "limit is 10 to 1000");
    const prefix = query.get("prefix") ?? "";
    if (frozen) {
        const keys = frozen.filter((key) => key.name.startsWith(prefix));
        return good(keys, { count: keys.length, cursor: "" });
    }
    const page = await kv.list({ prefix, limit: Math.min(limit, longest), cursor: query.get("cursor") ?? undefined });
    return good(page.keys, { count: page.keys.length, cursor: page.list_complete ? "" : page.cursor });
}

async function everything(kv) {
    const keys = [];
    for (let cursor; ; ) {
        const page = await kv.list({ cursor });
        keys.push(...page.keys);
        if (page.list_complete) return keys;
        cursor = page.cursor;
    }
}

async function value(name, kv) {
    const found = await kv.get(name, "arrayBuffer");
    if (found === null) throw new Refused(404, 10009, "get: 'key not found'");
    return new Response(found);
}

async function read({ keys }, kv) {
    if (keys.length > READ_MAX) throw new Refused(400, 10027, `at most ${READ_MAX} keys`);
    const found = await Promise.all(keys.map(async (key) => [key, await kv.get(key, "text")]));
    return good({ values: Object.fromEntries(found) });
}

function judge({ key, value, expiration, expiration_ttl, metadata }) {
    if (!key || size(key) > NAME_MAX) throw new Refused(414, 10030, "key is too long");
    if (typeof value !== "string") throw new Refused(400, 10021, "value is needed");
    if (size(JSON.stringify(metadata ?? null)) > METADATA_MAX) throw new Refused(413, 10046, "metadata is too long");
    const left = expiration_ttl ?? (expiration === undefined ? Infinity : expiration - Date.now() / 1000);
    if (left < EXPIRES_AFTER_MIN) throw new Refused(400, 10020, "expiration must be at least 60 seconds ahead");
}

async function put(pairs, kv) {
    pairs.forEach(judge);
    return bulk(pairs, (pair) => pair.key, ({ key, value, base64, expiration, expiration_ttl, metadata }) => {
        const bytes = base64 ? Uint8Array.from(atob(value), (char) => char.charCodeAt(0)).buffer : value;
        const options = expiration_ttl ? { expirationTtl: expiration_ttl } : { expiration };
        return kv.put(key, bytes, { ...options, metadata });
    });
}

const remove = (names, kv) => bulk(names, (name) => name, (name) => kv.delete(name));

async function bulk(items, name, act) {
    const left = new Set(refuse.splice(0));
    const done = items.filter((item) => !left.has(name(item)));
    for (let at = 0; at < done.length; at += 100) await Promise.all(done.slice(at, at + 100).map(act));
    const unsuccessful_keys = items.map(name).filter((key) => left.has(key));
    return good({ successful_key_count: done.length, unsuccessful_keys });
}
