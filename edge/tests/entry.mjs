// The Worker with a clock that a test sets, and an address that it tells: milliseconds since 1970 in `x-test-now`.
import { handle } from "./handle.mjs";

export default {
    fetch(request, env, ctx) {
        const headers = new Headers(request.headers);
        const now = headers.get("x-test-now");
        headers.delete("x-test-now");
        const asked = new Request(request, { headers });
        return handle(asked, env, ctx, () => (now === null ? Date.now() : Number(now)));
    },
};
