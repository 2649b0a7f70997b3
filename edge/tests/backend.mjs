// Answers every request, and says at `/asked` of its own socket what it was asked.
const asked = [];
// What the keys' address answers, once it was told at `/keys` of the own socket; else what its query says.
let keys;

export default {
    async fetch(request) {
        const url = new URL(request.url);
        if (url.hostname === "127.0.0.1" && url.pathname === "/asked") return Response.json(asked.splice(0));
        if (url.hostname === "127.0.0.1" && url.pathname === "/keys") {
            keys = await request.json();
            return new Response(null, { status: 204 });
        }
        const said = { method: request.method, url: request.url, headers: Object.fromEntries(request.headers), body: await request.text() };
        asked.push(said);
        const headers = { "x-backend": url.hostname };
        const to = url.searchParams.get("redirect");
        if (to !== null) return new Response(null, { status: 302, headers: { ...headers, location: to } });
        if (url.hostname === "keys.example") {
            if (keys === null) return new Response(null, { status: 500, headers });
            return Response.json(keys ?? JSON.parse(url.searchParams.get("keys")));
        }
        return Response.json(said, { status: Number(url.searchParams.get("status") ?? 200), headers });
    },
};
