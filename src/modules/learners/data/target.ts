import type { ModelTask } from '../../../ports/model-runtime.ts'
import type { ColumnInfo, TableSession } from '../../../ports/table-engine.ts'
import { TargetError } from '../errors.ts'
import type { Plan } from '../plan.ts'
import { quoteName, quoteText } from './sql-names.ts'

/** How the target column becomes numbers. */
export interface Target {
  readonly task: ModelTask
  /** SQL that gives 0, 1 (binary) or a number (regression). */
  readonly sql: string
  /** The value that counts as 1, as text. */
  readonly positive?: string
  /** What was decided without being told, for the user to see. */
  readonly note?: string
}

interface ValueCount {
  readonly value: string | null
  readonly rows: number
}

const numericTypes = new Set(['integer', 'bigint', 'double', 'decimal'])

/** Decides what is to be learned, from the plan and the training rows. */
export async function resolveTarget(
  session: TableSession,
  table: { readonly sql: string; readonly columns: readonly ColumnInfo[] },
  plan: Plan,
): Promise<Target> {
  const column = table.columns.find(({ name }) => name === plan.target)!
  const name = quoteName(plan.target)
  const values = await session.rows<ValueCount>(
    `SELECT CAST(${name} AS VARCHAR) AS value, CAST(count(*) AS DOUBLE) AS rows FROM ${table.sql} GROUP BY 1 ORDER BY 1 NULLS FIRST LIMIT 20`,
  )
  const missing = values.find(({ value }) => value === null)
  if (missing !== undefined) {
    throw new TargetError(
      `Target "${plan.target}" is null in ${missing.rows} training rows.`,
      `Leave those rows out in SQL: WHERE ${plan.target} IS NOT NULL.`,
      { rows: missing.rows },
    )
  }
  if (values.length < 2) {
    throw new TargetError(
      `Target "${plan.target}" has the single value ${values[0]?.value ?? '(none)'} in all training rows.`,
      'Nothing can be learned from it: check how the target is made, and the split.',
    )
  }
  const numeric = numericTypes.has(column.type)
  const zeroOne =
    numeric && values.length === 2 && values.every(({ value }) => Number(value) === 0 || Number(value) === 1)
  const task = plan.task ?? (column.type === 'boolean' || zeroOne || !numeric ? 'binary' : 'regression')
  if (task === 'regression') return regressionTarget(plan.target, column, numeric)
  if (values.length > 2) {
    const shown = values.slice(0, 5).map(({ value }) => value)
    throw new TargetError(
      `Target "${plan.target}" has more than two values (${shown.join(', ')}, …).`,
      numeric
        ? "Say `task: 'regression'`, or make it boolean in SQL."
        : 'Make it boolean in SQL; Baton learns binary classification and regression.',
      { values: shown },
    )
  }
  return binaryTarget(plan, {
    values: values as readonly { value: string; rows: number }[],
    zeroOne,
    boolean: column.type === 'boolean',
  })
}

function regressionTarget(target: string, column: ColumnInfo, numeric: boolean): Target {
  if (!numeric && column.type !== 'boolean') {
    throw new TargetError(
      `Target "${target}" has type ${column.sqlType}, and regression needs a number.`,
      'Cast it in SQL, or choose another target.',
    )
  }
  return { task: 'regression', sql: `CAST(${quoteName(target)} AS DOUBLE)` }
}

function binaryTarget(
  plan: Plan,
  found: {
    readonly values: readonly { readonly value: string; readonly rows: number }[]
    readonly zeroOne: boolean
    readonly boolean: boolean
  },
): Target {
  const [first, second] = found.values as [{ value: string; rows: number }, { value: string; rows: number }]
  const texts = [first.value, second.value]
  if (plan.positive !== undefined && !texts.includes(plan.positive)) {
    throw new TargetError(
      `Target "${plan.target}" has the values ${texts.join(' and ')}, not "${plan.positive}".`,
      `Set \`positive\` to one of them.`,
    )
  }
  const natural = found.boolean ? 'true' : found.zeroOne ? texts.find((text) => Number(text) === 1) : undefined
  // The rarer value is what people usually look for; of two equally frequent ones, the later in the alphabet.
  const guessed = first.rows < second.rows ? first.value : second.value
  const positive = plan.positive ?? natural ?? guessed
  const told = plan.positive !== undefined || natural !== undefined
  const name = quoteName(plan.target)
  const negative = texts.find((text) => text !== positive)!
  // A third value (in validation rows) becomes null, which is refused.
  const sql = `CASE CAST(${name} AS VARCHAR) WHEN ${quoteText(positive)} THEN 1.0::DOUBLE WHEN ${quoteText(negative)} THEN 0.0::DOUBLE END`
  return {
    task: 'binary',
    sql,
    positive,
    ...(told
      ? {}
      : { note: `positive class of ${plan.target}: "${positive}", the rarer value; set \`positive\` to choose` }),
  }
}
