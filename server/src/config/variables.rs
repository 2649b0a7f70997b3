//! Every variable, in one place.

/// One setting.
pub struct Variable {
    /// Its key in the configuration file.
    pub key: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// Whether it is a secret, so that `<env>_FILE` may name a file that holds it.
    pub secret: bool,
    /// What holds when it is not set, in words or as a value.
    pub default: &'static str,
    /// An example value.
    pub example: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// Where the configuration file is; only in the environment.
pub const CONFIG: &str = "TOKENKEEP_CONFIG";

/// Every setting, in the order of the documentation.
pub const VARIABLES: &[Variable] = &[
    Variable {
        key: "listen",
        env: "TOKENKEEP_LISTEN",
        secret: false,
        default: "127.0.0.1:3000",
        example: "0.0.0.0:3000",
        text: "The address and port to listen on.",
    },
    Variable {
        key: "public_url",
        env: "TOKENKEEP_PUBLIC_URL",
        secret: false,
        default: "http:// and the listen address",
        example: "https://tokens.example.com",
        text: "How people reach the console. With https, cookies travel over TLS only.",
    },
    Variable {
        key: "trusted_proxies",
        env: "TOKENKEEP_TRUSTED_PROXIES",
        secret: false,
        default: "none: a request comes from the other end of its connection",
        example: "127.0.0.1,10.1.0.0/24",
        text: "The reverse proxies in front of Tokenkeep: addresses or networks, separated by commas, at most 50. Of a request from one of them, \
               `X-Forwarded-For` (else `Forwarded`) says where it comes from: its last address that is not one of these. Name the proxies alone, never \
               the networks of those who call.",
    },
    Variable {
        key: "data_dir",
        env: "TOKENKEEP_DATA_DIR",
        secret: false,
        default: "./data",
        example: "/var/lib/tokenkeep",
        text: "Where the embedded Postgres and the generated encryption key are kept.",
    },
    Variable {
        key: "database_url",
        env: "DATABASE_URL",
        secret: true,
        default: "an embedded private Postgres under the data directory",
        example: "postgres://tokenkeep@db.example.com/tokenkeep?sslmode=verify-full",
        text: "The Postgres server to use, 14 or newer. TLS is as its parameters say.",
    },
    Variable {
        key: "token_encryption_key",
        env: "TOKEN_ENCRYPTION_KEY",
        secret: true,
        default: "made once under the data directory; with DATABASE_URL none, and reveal is off",
        example: "",
        text: "Fernet keys, separated by commas. The first seals, all open. Make one with `tokenkeep key generate`.",
    },
    Variable {
        key: "token_prefix",
        env: "TOKENKEEP_TOKEN_PREFIX",
        secret: false,
        default: "ntk_",
        example: "acme_",
        text: "What new tokens begin with: a lower-case letter, then lower-case letters, digits and underscores, an underscore at the end; at most 16 \
               characters. Tokens that were issued before keep theirs.",
    },
    Variable {
        key: "admin_email",
        env: "TOKENKEEP_ADMIN_EMAIL",
        secret: false,
        default: "none: the server prints a setup link",
        example: "owner@example.com",
        text: "The first owner, made at the first start. Needs the password too.",
    },
    Variable {
        key: "admin_password",
        env: "TOKENKEEP_ADMIN_PASSWORD",
        secret: true,
        default: "none",
        example: "",
        text: "The first owner's password, at least 12 characters.",
    },
    Variable {
        key: "mirror_files_path",
        env: "TOKENKEEP_MIRROR_FILES_PATH",
        secret: false,
        default: "none: no files mirror",
        example: "/srv/tokenkeep-mirror",
        text: "The directory that the files mirror writes: one JSON object for each valid token.",
    },
    Variable {
        key: "objectstore_endpoint",
        env: "OBJECTSTORE_ENDPOINT",
        secret: false,
        default: "none: no S3 mirror",
        example: "https://s3.eu-central-1.amazonaws.com",
        text: "The S3-compatible server of the S3 mirror: AWS, MinIO, R2, Spaces and others. `http://` is without TLS, no scheme is https. Needs the bucket and both keys too.",
    },
    Variable {
        key: "objectstore_bucket",
        env: "OBJECTSTORE_BUCKET",
        secret: false,
        default: "none",
        example: "tokenkeep-mirror",
        text: "The bucket of the S3 mirror; made if it is absent and the key may do that.",
    },
    Variable {
        key: "objectstore_access_key",
        env: "OBJECTSTORE_ACCESS_KEY",
        secret: true,
        default: "none",
        example: "",
        text: "The id of the access key to the bucket.",
    },
    Variable {
        key: "objectstore_secret_key",
        env: "OBJECTSTORE_SECRET_KEY",
        secret: true,
        default: "none",
        example: "",
        text: "The secret access key to the bucket.",
    },
    Variable {
        key: "objectstore_region",
        env: "OBJECTSTORE_REGION",
        secret: false,
        default: "us-east-1",
        example: "eu-central-1",
        text: "The region of the bucket; `auto` for R2.",
    },
    Variable {
        key: "objectstore_prefix",
        env: "OBJECTSTORE_PREFIX",
        secret: false,
        default: "none: keys begin with `tokens/`",
        example: "production",
        text: "What every key in the bucket begins with: segments of letters, digits, dots, underscores and hyphens, parted by `/`.",
    },
    Variable {
        key: "cloudflare_account_id",
        env: "CLOUDFLARE_ACCOUNT_ID",
        secret: false,
        default: "none: no KV mirror",
        example: "0123456789abcdef0123456789abcdef",
        text: "The Cloudflare account of the KV mirror. Needs the namespace and the API token too.",
    },
    Variable {
        key: "cloudflare_kv_namespace_id",
        env: "CLOUDFLARE_KV_NAMESPACE_ID",
        secret: false,
        default: "none",
        example: "0123456789abcdef0123456789abcdef",
        text: "The id of the Workers KV namespace that the KV mirror writes, under `token:` and 64 hex digits.",
    },
    Variable {
        key: "cloudflare_api_token",
        env: "CLOUDFLARE_API_TOKEN",
        secret: true,
        default: "none",
        example: "",
        text: "A Cloudflare API token with the permission to edit Workers KV Storage.",
    },
    Variable {
        key: "cloudflare_api_base",
        env: "CLOUDFLARE_API_BASE",
        secret: false,
        default: "https://api.cloudflare.com/client/v4",
        example: "http://127.0.0.1:8787/client/v4",
        text: "Where Cloudflare's API is, to its version.",
    },
    Variable {
        key: "mirror_allow_link_local",
        env: "TOKENKEEP_MIRROR_ALLOW_LINK_LOCAL",
        secret: false,
        default: "off",
        example: "on",
        text: "`on` lets mirrors be at link-local addresses and at those of a cloud's metadata service; they are refused otherwise, whatever a name resolves to.",
    },
    Variable {
        key: "instance",
        env: "TOKENKEEP_INSTANCE",
        secret: false,
        default: "the machine's name and the port",
        example: "tokens-1",
        text: "What this instance is called among those of one database: 1 to 64 printable ASCII characters. No two that run may have the same name; \
               one that starts takes the place of the one that had it.",
    },
    Variable {
        key: "verify_access",
        env: "TOKENKEEP_VERIFY_ACCESS",
        secret: false,
        default: "open",
        example: "key",
        text: "Who may ask whether tokens are good: `open` is everybody who reaches the server, `key` whoever has a management key, such as one of \
               `tokenkeep admin api-key --scope verify`.",
    },
    Variable {
        key: "verify_budget_seconds",
        env: "TOKENKEEP_VERIFY_BUDGET_SECONDS",
        secret: false,
        default: "300",
        example: "60",
        text: "For how long tokens that are known to be good stay so while the database does not answer: 0 to 86400. 0 refuses them as soon as the loss is \
               noticed, which takes 2 seconds.",
    },
    Variable {
        key: "verify_resident_max",
        env: "TOKENKEEP_VERIFY_RESIDENT_MAX",
        secret: false,
        default: "2000000",
        example: "10000000",
        text: "How many tokens are kept in memory, about 200 bytes each: 0 to 100000000. Of more, those that are asked for most are kept, and the rest is \
               looked up in the database.",
    },
    Variable {
        key: "snapshot_path",
        env: "TOKENKEEP_SNAPSHOT_PATH",
        secret: false,
        default: "none: a server needs the database to start",
        example: "/var/lib/tokenkeep/snapshot",
        text: "The directory in which this instance, and no other, keeps what it knows of tokens: hashes and never a secret, signed with a key that is derived from \
               `TOKEN_ENCRYPTION_KEY`. With it the server starts while the database of `DATABASE_URL` does not answer, and verifies the tokens that it knows for \
               as long as if it had never stopped (`TOKENKEEP_VERIFY_BUDGET_SECONDS`). The directory is made if its parent exists.",
    },
    Variable {
        key: "usage_retention_months",
        env: "TOKENKEEP_USAGE_RETENTION_MONTHS",
        secret: false,
        default: "13",
        example: "3",
        text: "For how many months, beside the one that has begun, the use of tokens is kept: 0 to 120. When a token was used last is kept for ever.",
    },
    Variable {
        key: "metrics",
        env: "TOKENKEEP_METRICS",
        secret: false,
        default: "off",
        example: "on",
        text: "`on` answers `GET /metrics` in the text form of Prometheus, to everybody who can reach the port: keep that path from the public at the proxy.",
    },
    Variable {
        key: "site_dir",
        env: "TOKENKEEP_SITE_DIR",
        secret: false,
        default: "`site` beside the program, or in the directory above it",
        example: "/usr/share/tokenkeep/site",
        text: "Where the console's scripts and styles are.",
    },
    Variable {
        key: "postgres_bin_dir",
        env: "TOKENKEEP_POSTGRES_BIN_DIR",
        secret: false,
        default: "PATH, Debian's directories, `pg_config --bindir`",
        example: "/usr/lib/postgresql/15/bin",
        text: "Where the programs of the embedded Postgres are.",
    },
    Variable {
        key: "log",
        env: "TOKENKEEP_LOG",
        secret: false,
        default: "info",
        example: "info,server::http=debug",
        text: "What is logged: a level, or levels by module.",
    },
];
