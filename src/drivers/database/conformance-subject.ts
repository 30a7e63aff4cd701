import type { Database, Migration } from '../../ports/database.ts'

/** How a driver is opened, by name, so that other processes can open it too. */
export interface DatabaseUnderTest {
  /** URL of a module that exports the opener. */
  readonly module: string
  /** Name of the exported function `(options) => Database`. */
  readonly opener: string
  /** Makes an empty store and gives the options that open it. */
  fresh(): Promise<Readonly<Record<string, string | number>>>
}

/** One promise of the port with the proof that a driver keeps it; rejects when it does not. */
export interface Law {
  readonly name: string
  run(): Promise<void>
}

export interface ItemTables {
  readonly item: {
    readonly id: number
    readonly label: string
    readonly amount: number | null
    readonly bytes: Uint8Array | null
  }
}

/** The item table; binary columns are the one type whose name differs. */
export function itemMigrations(dialect: Database['dialect']): Migration[] {
  const bytes = dialect === 'postgres' ? 'bytea' : 'blob'
  const columns = `id bigint NOT NULL PRIMARY KEY, label text NOT NULL UNIQUE, amount double precision, bytes ${bytes}`
  return [{ name: 'law-0001-item', statements: [`CREATE TABLE item (${columns})`] }]
}

export async function openUnderTest(subject: DatabaseUnderTest, options: object): Promise<Database> {
  const module = (await import(subject.module)) as Record<string, (options: object) => Database | Promise<Database>>
  const opener = module[subject.opener]
  if (opener === undefined) throw new TypeError(`${subject.module} exports no ${subject.opener}`)
  return await opener(options)
}
