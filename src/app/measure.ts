import { rmSync } from 'node:fs'
import { join } from 'node:path'

import type { AppContexts } from './contexts.ts'
import { loadGraph } from './load-pipeline.ts'
import type { CliApp } from '../cli/app-interface.ts'
import { newId } from '../kernel/ids.ts'
import { type QualityReport, readQualityReport } from '../modules/evaluation/index.ts'
import { type Graph, type RunResult, runPipeline } from '../modules/pipelines/index.ts'

/** The graph without the steps that register, and without what needs those. */
function withoutRegistering(graph: Graph): Graph {
  const left = new Set<string>()
  for (const step of graph.steps) {
    const needs = Object.values(step.inputs).some((input) => left.has(input.step))
    if (step.kind === 'register' || needs) left.add(step.name)
  }
  return { ...graph, steps: graph.steps.filter((step) => !left.has(step.name)) }
}

async function readReport({ config, folders }: AppContexts, result: RunResult): Promise<QualityReport | undefined> {
  const ref = result.steps
    .filter((step) => step.kind === 'evaluate')
    .flatMap((step) => Object.values(step.outputs))
    .findLast((output) => output.kind === 'report')
  if (ref === undefined) return undefined
  const folder = join(config.storeFolder, 'tmp', `report-${newId()}`)
  try {
    await folders.restore(ref.digest, folder)
    return await readQualityReport(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What `baton init` calls to learn what a contract can promise. */
export function measureCommand(contexts: AppContexts): Pick<CliApp, 'measurePipeline'> {
  const { config, pipelines } = contexts
  return {
    async measurePipeline({ pipeline, params, signal, onEvent }) {
      const graph = withoutRegistering(await loadGraph(config.root, pipeline, params))
      const result = await runPipeline(pipelines, graph, { jobs: config.settings.jobs, signal, onEvent })
      const report = await readReport(contexts, result)
      return report === undefined ? { result } : { result, report }
    },
  }
}
