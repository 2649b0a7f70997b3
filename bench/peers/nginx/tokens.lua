-- Tokens by the SHA-256 of their text, in a dictionary that all workers share.

local ffi = require "ffi"
ffi.cdef [[unsigned char *SHA256(const unsigned char *text, size_t length, unsigned char *digest);]]
local crypto = ffi.load "libcrypto.so.3"
local digest = ffi.new "unsigned char[32]"
local tokens = ngx.shared.tokens

local M = {}

-- A line for each: 64 hexadecimal digits, the id, the team's id (36 characters each), the scopes.
function M.load(path)
    for line in io.lines(path) do
        local hash = line:sub(1, 64):gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)
        assert(tokens:safe_set(hash, line:sub(66)))
    end
end

function M.verify()
    local authorization = ngx.var.http_authorization
    if not authorization or authorization:sub(1, 7) ~= "Bearer " then return ngx.exit(401) end
    local offered = authorization:sub(8)
    crypto.SHA256(offered, #offered, digest)
    local found = tokens:get(ffi.string(digest, 32))
    if not found then return ngx.exit(401) end
    local header = ngx.header
    header["X-Token-Id"] = found:sub(1, 36)
    header["X-Team-Id"] = found:sub(38, 73)
    header["X-Token-Scopes"] = found:sub(75)
    return ngx.exit(204)
end

return M
