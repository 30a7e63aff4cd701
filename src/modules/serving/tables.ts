import type { Migration } from '../../ports/database.ts'

/** The module's own tables. Times are ISO text in UTC. */
export interface ServingTables {
  deliveries: {
    /** The idempotency key: a digest of pipeline, step, address and content. */
    batch_key: string
    pipeline: string
    step: string
    run_id: string
    host: string
    /** A digest of scheme, host and path: a path may hold a secret, so it is not kept. */
    receiver: string
    rows: number
    first_key: string
    last_key: string
    state: 'pending' | 'delivered' | 'refused'
    attempts: number
    /** The last status that the receiver gave. */
    status: number | null
    /** What it said, or why it could not be reached. */
    answer: string | null
    /** What is to be sent, until it is delivered. */
    body: string | null
    created_at: string
    updated_at: string
    delivered_at: string | null
  }
}

export const servingMigrations: readonly Migration[] = [
  {
    name: 'serving-0001-deliveries',
    statements: [
      `CREATE TABLE deliveries (
        batch_key text PRIMARY KEY,
        pipeline text NOT NULL,
        step text NOT NULL,
        run_id text NOT NULL,
        host text NOT NULL,
        receiver text NOT NULL,
        rows integer NOT NULL,
        first_key text NOT NULL,
        last_key text NOT NULL,
        state text NOT NULL,
        attempts integer NOT NULL,
        status integer,
        answer text,
        body text,
        created_at text NOT NULL,
        updated_at text NOT NULL,
        delivered_at text
      )`,
      'CREATE INDEX deliveries_by_step ON deliveries (pipeline, step, state, created_at)',
    ],
  },
]
