import { delimiter, dirname } from 'node:path'

import { variableName } from '../build/declare-process.ts'
import type { StepContext } from '../step-kind.ts'
import { pythonRoots } from '../key/python-closure.ts'
import type { CodeContext } from './process-context.ts'

/** Variables of the machine that every process step sees. */
const inherited = ['HOME', 'LANG', 'TZ'] as const

export interface ProcessPaths {
  /** A file or folder for each input and output. */
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
  /** Where the step writes its metrics, one JSON object a line. */
  readonly metrics: string
  readonly temporary: string
}

/** The whole environment of a process step: of the machine only PATH, HOME, LANG, TZ and what `passEnv` names. */
export function processEnvironment(ctx: CodeContext, step: StepContext, paths: ProcessPaths): Record<string, string> {
  const env: Record<string, string> = {
    PATH: [dirname(process.execPath), ctx.env('PATH') ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    LANG: 'C.UTF-8',
    TMPDIR: paths.temporary,
    PYTHONHASHSEED: '0',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONPATH: pythonRoots(ctx.projectRoot).join(delimiter),
    BATON_PARAMS: JSON.stringify(step.params),
    BATON_METRICS: paths.metrics,
  }
  for (const name of [...inherited, ...(ctx.passEnv ?? [])]) {
    const value = ctx.env(name)
    if (value !== undefined) env[name] = value
  }
  for (const [name, path] of Object.entries(paths.inputs)) env[`BATON_INPUT_${variableName(name)}`] = path
  for (const [name, path] of Object.entries(paths.outputs)) env[`BATON_OUTPUT_${variableName(name)}`] = path
  if (ctx.trackingUri !== undefined) {
    env.MLFLOW_TRACKING_URI = ctx.trackingUri
    env.MLFLOW_RUN_ID = step.runId
  }
  return env
}
