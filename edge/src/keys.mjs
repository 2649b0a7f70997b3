// The public keys that are believed: those of the configuration, or where an address is configured those that it has.

// An unknown key is looked for at the address at most once in so many milliseconds.
const LOOK_AGAIN = 60_000;
const PATIENCE = 5_000;

export class Keys {
    #told;
    #known = new Map();
    #url;
    #lookedAt = -Infinity;

    constructor({ keys, keysUrl }) {
        this.#told = keys;
        this.#url = keysUrl;
    }

    /** The key of that name, if it is one of ours. */
    async find(id, now) {
        const key = await this.#imported(id);
        if (key || !this.#url || Math.abs(now - this.#lookedAt) < LOOK_AGAIN) return key;
        await this.#look();
        this.#lookedAt = now;
        return this.#imported(id);
    }

    async #imported(id) {
        const known = this.#known.get(id);
        if (known) return known;
        const jwk = this.#told.find(({ kid, kty, crv }) => kid === id && kty === "OKP" && crv === "Ed25519");
        if (!jwk) return undefined;
        const { kty, crv, x } = jwk;
        const key = await crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, ["verify"]);
        this.#known.set(id, key);
        return key;
    }

    async #look() {
        try {
            const answer = await fetch(this.#url, { signal: AbortSignal.timeout(PATIENCE), redirect: "manual" });
            if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
            const { keys } = await answer.json();
            // A key that was taken away there is no longer believed.
            this.#told = keys;
            this.#known.clear();
        } catch (error) {
            console.error(`JWKS_URL: ${error.message}`);
        }
    }
}
