/** Rows as the database holds them. Times are ISO text in UTC; `contract`, `signature` and `judgement` are JSON text. */
export interface RegisteredModelRow {
  readonly name: string
  readonly description: string
  readonly user_name: string | null
  /** The number of the newest version, deleted ones included: versions count from 1 without gaps. */
  readonly last_version: number
  readonly created_at: string
  readonly updated_at: string
  /** A deleted model keeps its rows under a name that no model can have, so that its own name is free again. */
  readonly deleted_at: string | null
}

export interface ModelVersionRow {
  readonly model: string
  readonly version: number
  /** `gate`: made by p.register when its contract held; `client`: created by an MLflow client. */
  readonly origin: string
  readonly run_id: string | null
  readonly run_link: string | null
  readonly logged_model_id: string | null
  /** As it was given; of a gated version the address of its folder in the artifact proxy. */
  readonly source: string
  /** Where the files are: the source itself, or what `models:/…` stood for when the version was made. */
  readonly location: string
  readonly stage: string
  readonly status: string
  readonly status_message: string | null
  readonly description: string
  readonly user_name: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly deleted_at: string | null
  // What the gate has read; null for a version of a client.
  readonly model_digest: string | null
  /** A PostgreSQL bigint may come as text. */
  readonly size_bytes: number | string | null
  readonly files: number | null
  readonly report_digest: string | null
  readonly contract_digest: string | null
  readonly contract: string | null
  readonly signature: string | null
  readonly judgement: string | null
}

export interface AliasEventRow {
  readonly id: string
  readonly model: string
  readonly alias: string
  /** Counts the events of one alias from 1: the order of its history. */
  readonly number: number
  readonly from_version: number | null
  /** Null when the alias was taken away. */
  readonly to_version: number | null
  readonly action: string
  readonly who: string
  readonly why: string
  readonly at: string
}

/** The module's own tables. */
export interface ModelsTables {
  registered_models: RegisteredModelRow
  registered_model_tags: { readonly model: string; readonly key: string; readonly value: string }
  model_versions: ModelVersionRow
  model_version_tags: {
    readonly model: string
    readonly version: number
    readonly key: string
    readonly value: string
  }
  model_aliases: { model: string; alias: string; version: number; updated_at: string }
  alias_events: AliasEventRow
}
