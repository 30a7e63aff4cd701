import type { Migration } from '../../ports/database.ts'

const registry: Migration = {
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
}

/**
 * Versions that clients create stand beside those of the gate. Columns become optional, which SQLite cannot change in
 * place, so the tables are made anew and filled; children go before their parents. Names cascade: a rename is one
 * update. A model folder's address is its content, so that it outlives a rename.
 */
const clients: Migration = {
  name: 'models-0002-clients',
  breaking: true,
  statements: [
    'ALTER TABLE alias_events RENAME TO alias_events_0001',
    'ALTER TABLE model_aliases RENAME TO model_aliases_0001',
    'ALTER TABLE model_versions RENAME TO model_versions_0001',
    'ALTER TABLE registered_models RENAME TO registered_models_0001',
    `CREATE TABLE registered_models (
        name text PRIMARY KEY,
        description text NOT NULL,
        user_name text,
        last_version integer NOT NULL,
        created_at text NOT NULL,
        updated_at text NOT NULL,
        deleted_at text
      )`,
    `CREATE TABLE registered_model_tags (
        model text NOT NULL REFERENCES registered_models (name) ON UPDATE CASCADE,
        key text NOT NULL,
        value text NOT NULL,
        PRIMARY KEY (model, key)
      )`,
    `CREATE TABLE model_versions (
        model text NOT NULL REFERENCES registered_models (name) ON UPDATE CASCADE,
        version integer NOT NULL,
        origin text NOT NULL,
        run_id text,
        run_link text,
        logged_model_id text,
        source text NOT NULL,
        location text NOT NULL,
        stage text NOT NULL,
        status text NOT NULL,
        status_message text,
        description text NOT NULL,
        user_name text,
        created_at text NOT NULL,
        updated_at text NOT NULL,
        deleted_at text,
        model_digest text,
        size_bytes bigint,
        files integer,
        report_digest text,
        contract_digest text,
        contract text,
        signature text,
        judgement text,
        PRIMARY KEY (model, version)
      )`,
    `CREATE TABLE model_version_tags (
        model text NOT NULL,
        version integer NOT NULL,
        key text NOT NULL,
        value text NOT NULL,
        PRIMARY KEY (model, version, key),
        FOREIGN KEY (model, version) REFERENCES model_versions (model, version) ON UPDATE CASCADE
      )`,
    `CREATE TABLE model_aliases (
        model text NOT NULL,
        alias text NOT NULL,
        version integer NOT NULL,
        updated_at text NOT NULL,
        PRIMARY KEY (model, alias),
        FOREIGN KEY (model, version) REFERENCES model_versions (model, version) ON UPDATE CASCADE
      )`,
    `CREATE TABLE alias_events (
        id text PRIMARY KEY,
        model text NOT NULL REFERENCES registered_models (name) ON UPDATE CASCADE,
        alias text NOT NULL,
        number integer NOT NULL,
        from_version integer,
        to_version integer,
        action text NOT NULL,
        who text NOT NULL,
        why text NOT NULL,
        at text NOT NULL,
        UNIQUE (model, alias, number)
      )`,
    `INSERT INTO registered_models (name, description, last_version, created_at, updated_at)
SELECT name, description, last_version, created_at, updated_at FROM registered_models_0001`,
    `INSERT INTO model_versions (model, version, origin, run_id, source, location, stage, status, description,
  created_at, updated_at, model_digest, size_bytes, files, report_digest, contract_digest, contract, signature, judgement)
SELECT model, version, 'gate', run_id, 'mlflow-artifacts:/models/' || substr(model_digest, 8),
  'mlflow-artifacts:/models/' || substr(model_digest, 8), 'None', 'READY', '',
  created_at, created_at, model_digest, size_bytes, files, report_digest, contract_digest, contract, signature, judgement
FROM model_versions_0001`,
    `INSERT INTO model_version_tags (model, version, key, value)
SELECT model, version, 'baton.contract.holds', 'true' FROM model_versions_0001`,
    `INSERT INTO model_version_tags (model, version, key, value)
SELECT model, version, 'baton.contract.digest', contract_digest FROM model_versions_0001`,
    `INSERT INTO model_version_tags (model, version, key, value)
SELECT model, version, 'baton.model.digest', model_digest FROM model_versions_0001`,
    `INSERT INTO model_aliases (model, alias, version, updated_at)
SELECT model, alias, version, updated_at FROM model_aliases_0001`,
    `INSERT INTO alias_events (id, model, alias, number, from_version, to_version, action, who, why, at)
SELECT id, model, alias, number, from_version, to_version, action, who, why, at FROM alias_events_0001`,
    'DROP TABLE alias_events_0001',
    'DROP TABLE model_aliases_0001',
    'DROP TABLE model_versions_0001',
    'DROP TABLE registered_models_0001',
    'CREATE INDEX registered_models_by_update ON registered_models (updated_at)',
    `CREATE UNIQUE INDEX model_versions_by_content
ON model_versions (model, model_digest, report_digest, contract_digest) WHERE deleted_at IS NULL`,
    'CREATE INDEX model_versions_by_digest ON model_versions (model_digest)',
    'CREATE INDEX model_versions_by_run ON model_versions (run_id)',
    'CREATE INDEX model_versions_by_update ON model_versions (updated_at, model, version)',
    'CREATE INDEX registered_model_tags_by_key ON registered_model_tags (key, model)',
    'CREATE INDEX model_version_tags_by_key ON model_version_tags (key, model, version)',
  ],
}

/** The schema of the registry. */
export const modelsMigrations: readonly Migration[] = [registry, clients]
