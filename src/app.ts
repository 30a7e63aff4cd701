import { openContexts } from './app/contexts.ts'
import { findStepPipeline, listPipelineNames, loadGraph } from './app/load-pipeline.ts'
import type { CliApp, CliTools, RunningServer, ServeOptions } from './cli/app-interface.ts'
import type { Config } from './config/index.ts'
import { explainStep, planPipeline, runPipeline } from './modules/pipelines/index.ts'

function toForce(force: true | string | undefined): { force?: true | readonly string[] } {
  return force === undefined ? {} : { force: force === true ? force : [force] }
}

/** Opens a project: its store, its modules, and what the commands call. */
export async function openApp(
  config: Config,
  options: { readonly signal: AbortSignal; readonly warn: (line: string) => void },
): Promise<CliApp> {
  const contexts = await openContexts(config, options.warn)
  const { pipelines } = contexts
  return {
    listPipelines: () => listPipelineNames(config.root),
    async runPipeline({ pipeline, params, force, ...run }) {
      const graph = await loadGraph(config.root, pipeline, params)
      return runPipeline(pipelines, graph, { jobs: config.settings.jobs, ...run, ...toForce(force) })
    },
    async planPipeline({ pipeline, params, force, ...selection }) {
      const graph = await loadGraph(config.root, pipeline, params)
      return planPipeline(pipelines, graph, { ...selection, ...toForce(force) })
    },
    async explainStep({ step, pipeline, run, params }) {
      const name = pipeline ?? (await findStepPipeline(config.root, step))
      const graph = await loadGraph(config.root, name, params)
      return explainStep(pipelines, graph, step, run === undefined ? {} : { against: run })
    },
    ...(await import('./app/project-commands.ts')).projectCommands(contexts),
    [Symbol.asyncDispose]: contexts.close,
  }
}

/** Opens what works without a project. */
export async function openTools(): Promise<CliTools> {
  const { openProjectTools } = await import('./app/tools.ts')
  return openProjectTools()
}

/** Starts the server of a project: its store, its modules, and the routes over them. */
export async function openServer(config: Config, options: ServeOptions): Promise<RunningServer> {
  const { startServer } = await import('./app/serve.ts')
  return startServer(config, options)
}
