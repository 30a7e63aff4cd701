import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../ports/database.ts'
import type { OutputRef } from '../graph.ts'
import type { RunRecorder } from '../recorder.ts'
import type { StepKind } from '../step-kind.ts'

/** What planning and running pipelines needs. */
export interface PipelinesContext {
  readonly database: Database
  readonly clock: Clock
  readonly projectRoot: string
  /** `.baton`: logs are kept in `logs/`, work folders in `tmp/`. */
  readonly stateFolder: string
  readonly env: (name: string) => string | undefined
  /** Every step kind of this installation. */
  readonly kinds: readonly StepKind[]
  readonly recorder: RunRecorder
  /** Which of these outputs the store still holds whole; one answer each, in order. */
  readonly outputsPresent: (outputs: readonly OutputRef[]) => Promise<readonly boolean[]>
}
