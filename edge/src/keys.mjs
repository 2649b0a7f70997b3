// The public keys that are believed: those of the configuration, or where an address is configured those that it has.

// The address is asked at most once in so many milliseconds, for an unknown key and after a failure too.
const LOOK_AGAIN = 60_000;
// What it told is asked for again after so many, so that a key that was taken away there is believed no longer than that.
const REFRESH = 600_000;
// While it does not answer, what it told last is believed for so many.
const OLDEST = 86_400_000;
const PATIENCE = 5_000;

export class Keys {
    #told;
    #known = new Map();
    #url;
    #lookedAt = -Infinity;
    #toldAt = -Infinity;

    constructor({ keys, keysUrl }) {
        this.#told = keys;
        this.#url = keysUrl;
    }

    /** Fetches the keys when they are not known yet or it is time. */
    async refresh(now) {
        if (this.#url && this.#age(now) >= REFRESH) await this.#lookAgain(now);
    }

    /** The key of that name, if it is one of ours. */
    async find(id, now) {
        if (!this.#url) return this.#imported(id);
        if (!this.#told.some(({ kid }) => kid === id)) await this.#lookAgain(now);
        return this.#age(now) < OLDEST ? this.#imported(id) : undefined;
    }

    async #lookAgain(now) {
        if (Math.abs(now - this.#lookedAt) < LOOK_AGAIN) return;
        // Whoever comes meanwhile need not ask too, but for when nothing is known yet.
        if (this.#told.length > 0) this.#lookedAt = now;
        await this.#look(now);
        this.#lookedAt = now;
    }

    /** How old what was told is. */
    #age(now) {
        return Math.abs(now - this.#toldAt);
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

    async #look(now) {
        try {
            const answer = await fetch(this.#url, { signal: AbortSignal.timeout(PATIENCE), redirect: "manual" });
            if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
            const { keys } = await answer.json();
            if (!Array.isArray(keys)) throw new Error("not a JWKS");
            // A key that was taken away there is no longer believed.
            this.#told = keys;
            this.#toldAt = now;
            this.#known.clear();
        } catch (error) {
            console.error(`JWKS_URL: ${error.message}`);
        }
    }
}
