import type { ModelTask } from '../../ports/model-runtime.ts'
import type { BootstrapMethod } from './bootstrap.ts'
import type { BaselineReport, Measured } from './contract.ts'
import { type Contender, measureContenders } from './contenders.ts'

type Named = 'zeroRule' | 'heuristic' | 'champion'

/** A baseline before it is measured. */
export type ComparedBaseline =
  | { readonly state: 'measured'; readonly name: Named; readonly label: string; readonly how: string }
  | Extract<BaselineReport, { state: 'absent' }>

/** Measures the model and its baselines together and puts the numbers to the baselines' names. */
export async function compareWithBaselines(
  task: ModelTask,
  given: { readonly contenders: readonly Contender[]; readonly baselines: readonly ComparedBaseline[] },
  options: {
    readonly rows: number
    readonly strata: Uint8Array | undefined
    readonly seed: number
    readonly signal: AbortSignal
  },
): Promise<{
  readonly metrics: Readonly<Record<string, Measured>>
  readonly baselines: readonly BaselineReport[]
  readonly method: BootstrapMethod
}> {
  const { contenders, method } = await measureContenders(task, given.contenders, options)
  const baselines = given.baselines.map((baseline): BaselineReport => {
    if (baseline.state === 'absent') return baseline
    const found = contenders.find((contender) => contender.name === baseline.name)!
    return { ...baseline, metrics: found.metrics, gains: found.gains }
  })
  return { metrics: contenders[0]!.metrics, baselines, method }
}
