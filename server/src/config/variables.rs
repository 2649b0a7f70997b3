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
        key: "gitstore_git_url",
        env: "GITSTORE_GIT_URL",
        secret: false,
        default: "none: no Git mirror",
        example: "https://git.example.com/edge/tokens.git",
        text: "The repository that the Git mirror commits to: `https://`, `ssh://` or `git@host:path`, `file://` or a path; never with a password. Needs the program \
               `git`, 2.31 or newer.",
    },
    Variable {
        key: "gitstore_git_username",
        env: "GITSTORE_GIT_USERNAME",
        secret: false,
        default: "none",
        example: "tokenkeep",
        text: "The user for an address with `https`. Needs the token too.",
    },
    Variable {
        key: "gitstore_git_token",
        env: "GITSTORE_GIT_TOKEN",
        secret: true,
        default: "none",
        example: "",
        text: "The token or password of that user, with the right to push to the branch.",
    },
    Variable {
        key: "gitstore_git_branch",
        env: "GITSTORE_GIT_BRANCH",
        secret: false,
        default: "main",
        example: "mirror",
        text: "The branch. It is made when it is not there.",
    },
    Variable {
        key: "gitstore_local_path",
        env: "GITSTORE_LOCAL_PATH",
        secret: false,
        default: "the data directory",
        example: "/var/cache/tokenkeep",
        text: "The directory in which the clone is kept, as `tokenkeep-mirror.git`. It is a cache.",
    },
    Variable {
        key: "gitstore_ssh_key_path",
        env: "GITSTORE_SSH_KEY_PATH",
        secret: false,
        default: "none",
        example: "/etc/tokenkeep/mirror_key",
        text: "The file with the private key, for an address with `ssh`; without a passphrase, and for its owner alone.",
    },
    Variable {
        key: "gitstore_ssh_known_hosts_path",
        env: "GITSTORE_SSH_KNOWN_HOSTS_PATH",
        secret: false,
        default: "none",
        example: "/etc/tokenkeep/known_hosts",
        text: "The file with the keys of the hosts that are believed, as `ssh-keyscan` writes it. Needed for an address with `ssh`.",
    },
    Variable {
        key: "pgstore_dsn",
        env: "PGSTORE_DSN",
        secret: true,
        default: "none: no Postgres mirror",
        example: "postgres://mirror@edge.example.com/edge?sslmode=verify-full",
        text: "The database that the Postgres mirror writes, on a server of its own or on the same one: one row for each valid token. Postgres 11 or newer; a \
               pgbouncer may stand between. TLS is as its parameters say.",
    },
    Variable {
        key: "pgstore_schema",
        env: "PGSTORE_SCHEMA",
        secret: false,
        default: "tokenkeep_mirror",
        example: "edge",
        text: "The schema there, as it is spelled. It is made with its table `objects` where the role may do that. Never the one of Tokenkeep's own tables.",
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
