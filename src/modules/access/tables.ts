import type { Migration } from '../../ports/database.ts'

/** The module's own tables. Times are ISO text in UTC. */
export interface AccessTables {
  access_users: {
    readonly name: string
    /** Null for a user who signs in with tokens only. */
    readonly password_hash: string | null
    readonly created_at: string
    /** A removed user stays, since the audit log speaks of them. */
    readonly removed_at: string | null
  }
  access_grants: {
    readonly user_name: string
    /** `*` is every project. */
    readonly project: string
    readonly role: string
    readonly granted_by: string
    readonly granted_at: string
  }
  access_tokens: {
    readonly id: string
    readonly user_name: string
    /** `token`, or `session` for a browser. */
    readonly kind: string
    readonly label: string
    /** The SHA-256 of the secret; the secret itself is nowhere. */
    readonly secret_hash: string
    readonly created_at: string
    readonly expires_at: string | null
    readonly revoked_at: string | null
    readonly used_at: string | null
  }
  audit_log: {
    readonly id: string
    readonly at: string
    /** Of the last of `count` writes that stand in this entry. */
    readonly last_at: string
    readonly count: number
    readonly who: string
    readonly action: string
    readonly method: string
    readonly route: string
    readonly target: string
    readonly outcome: string
    readonly address: string
  }
}

/** The schema of access. */
export const accessMigrations: readonly Migration[] = [
  {
    name: 'access-0001-users',
    statements: [
      `CREATE TABLE access_users (
  name text NOT NULL PRIMARY KEY,
  password_hash text,
  created_at text NOT NULL,
  removed_at text
)`,
      `CREATE TABLE access_grants (
  user_name text NOT NULL REFERENCES access_users (name),
  project text NOT NULL,
  role text NOT NULL,
  granted_by text NOT NULL,
  granted_at text NOT NULL,
  PRIMARY KEY (user_name, project)
)`,
      `CREATE TABLE access_tokens (
  id text NOT NULL PRIMARY KEY,
  user_name text NOT NULL REFERENCES access_users (name),
  kind text NOT NULL,
  label text NOT NULL,
  secret_hash text NOT NULL UNIQUE,
  created_at text NOT NULL,
  expires_at text,
  revoked_at text,
  used_at text
)`,
      'CREATE INDEX access_tokens_by_user ON access_tokens (user_name, created_at)',
      // Refers to nothing: it must be able to speak of whoever tried.
      `CREATE TABLE audit_log (
  id text NOT NULL PRIMARY KEY,
  at text NOT NULL,
  last_at text NOT NULL,
  count bigint NOT NULL,
  who text NOT NULL,
  action text NOT NULL,
  method text NOT NULL,
  route text NOT NULL,
  target text NOT NULL,
  outcome text NOT NULL,
  address text NOT NULL
)`,
      'CREATE INDEX audit_log_by_who ON audit_log (who, id)',
      'CREATE INDEX audit_log_by_target ON audit_log (target, id)',
    ],
  },
]
