import type { Migration } from '../../ports/database.ts'

/** The module's own tables. Times are ISO text in UTC; JSON is text. */
export interface ModelsTables {
  registered_models: {
    name: string
    description: string
    tags: string
    last_version: number
    created_at: string
    updated_at: string
  }
  model_versions: {
    model: string
    version: number
    run_id: string | null
    model_digest: string
    /** A PostgreSQL bigint comes as text. */
    size_bytes: number | string
    files: number
    report_digest: string
    contract_digest: string
    contract: string
    signature: string
    judgement: string
    status: string
    created_at: string
  }
  model_aliases: { model: string; alias: string; version: number; updated_at: string }
  alias_events: {
    id: string
    model: string
    alias: string
    /** Counts the events of one alias from 1: the order of its history. */
    number: number
    from_version: number | null
    to_version: number
    action: string
    who: string
    why: string
    at: string
  }
}

export const modelsMigrations: readonly Migration[] = [
  {
    name: 'models-0001-registry',
    statements: [
      `CREATE TABLE registered_models (
        name text PRIMARY KEY,
        description text NOT NULL DEFAULT '',
        tags text NOT NULL DEFAULT '{}',
        last_version integer NOT NULL DEFAULT 0,
        created_at text NOT NULL,
        updated_at text NOT NULL
      )`,
      `CREATE TABLE model_versions (
        model text NOT NULL REFERENCES registered_models (name),
        version integer NOT NULL,
        run_id text,
        model_digest text NOT NULL,
        size_bytes bigint NOT NULL,
        files integer NOT NULL,
        report_digest text NOT NULL,
        contract_digest text NOT NULL,
        contract text NOT NULL,
        signature text NOT NULL,
        judgement text NOT NULL,
        status text NOT NULL,
        created_at text NOT NULL,
        PRIMARY KEY (model, version),
        UNIQUE (model, model_digest, report_digest, contract_digest)
      )`,
      `CREATE TABLE model_aliases (
        model text NOT NULL,
        alias text NOT NULL,
        version integer NOT NULL,
        updated_at text NOT NULL,
        PRIMARY KEY (model, alias),
        FOREIGN KEY (model, version) REFERENCES model_versions (model, version)
      )`,
      `CREATE TABLE alias_events (
        id text PRIMARY KEY,
        model text NOT NULL,
        alias text NOT NULL,
        number integer NOT NULL,
        from_version integer,
        to_version integer NOT NULL,
        action text NOT NULL,
        who text NOT NULL,
        why text NOT NULL,
        at text NOT NULL,
        UNIQUE (model, alias, number),
        FOREIGN KEY (model, to_version) REFERENCES model_versions (model, version)
      )`,
    ],
  },
]
