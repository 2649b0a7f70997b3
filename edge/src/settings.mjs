// What the Worker is configured by. A setting that cannot be read stops it: every request is answered with 503, and the log says which.

const DAY = 86_400;

/** Seconds; "off" only where that is allowed, as infinity. */
function seconds(env, name, otherwise, off) {
    const text = String(env[name] ?? otherwise);
    if (off && text === "off") return Infinity;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (!(number > 0)) throw new Error(`${name} is not a number of seconds`);
    return number;
}

function keys(env) {
    if (env.PUBLIC_KEYS === undefined) return [];
    try {
        const told = typeof env.PUBLIC_KEYS === "string" ? JSON.parse(env.PUBLIC_KEYS) : env.PUBLIC_KEYS;
        if (Array.isArray(told.keys)) return told.keys;
    } catch {
        // Said below.
    }
    throw new Error("PUBLIC_KEYS is not a JWKS");
}

function usage(env) {
    if (!env.USAGE_URL) return null;
    if (!env.USAGE_KEY) throw new Error("USAGE_URL needs USAGE_KEY");
    return { url: env.USAGE_URL, key: env.USAGE_KEY, worker: String(env.WORKER_NAME ?? "edge").slice(0, 64) };
}

/** The head tells for an hour whom to refuse: what is remembered must be much younger than that. */
function cache(env) {
    const told = seconds(env, "CACHE_SECONDS", 30);
    if (told > 300) throw new Error("CACHE_SECONDS is more than 300");
    return told;
}

export function settings(env) {
    if (!env.TOKENS) throw new Error("there is no KV namespace bound as TOKENS");
    const told = {
        store: env.TOKENS,
        keys: keys(env),
        keysUrl: env.JWKS_URL || null,
        // Two of the periods after which the server writes a record anew.
        recordAge: seconds(env, "MAX_RECORD_AGE", 14 * DAY, true),
        headAge: seconds(env, "MAX_HEAD_AGE", 900),
        cache: cache(env),
        unsigned: env.ALLOW_UNSIGNED === "on",
        usage: usage(env),
    };
    if (told.keys.length > 0 && told.keysUrl) throw new Error("PUBLIC_KEYS and JWKS_URL are one too many");
    if (told.keys.length === 0 && !told.keysUrl && !told.unsigned) throw new Error("PUBLIC_KEYS or JWKS_URL is needed");
    return told;
}
