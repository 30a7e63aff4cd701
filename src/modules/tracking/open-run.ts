import type { RunId } from '../../kernel/ids.ts'
import { compiledOnce, runCompiled } from './compiled.ts'
import type { Tables } from './context.ts'
import { RunDeletedError, RunNotFoundError } from './errors.ts'
import type { RunRow } from './tables.ts'

/** Throws unless the run exists and is not deleted; a run that has ended still takes metrics and tags, as in MLflow. */
export async function checkWritable(tables: Tables, id: RunId): Promise<void> {
  const query = compiledOnce(tables, 'stage of a run', () =>
    tables.selectFrom('runs').select('lifecycle_stage').where('id', '=', id),
  )
  const [row] = (await runCompiled<Pick<RunRow, 'lifecycle_stage'>>(tables, query, [id])).rows
  if (row === undefined) throw new RunNotFoundError(id)
  if (row.lifecycle_stage !== 'active') throw new RunDeletedError(id)
}
