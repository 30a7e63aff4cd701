import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'

import type { AppContexts } from './contexts.ts'
import type { CliApp } from '../cli/app-interface.ts'
import { listModels, promote, resolveVersion, rollback, showModel } from '../modules/models/index.ts'
import { predictBatch } from '../modules/serving/index.ts'

type ModelCommands = Pick<CliApp, 'listModels' | 'showModel' | 'promoteModel' | 'rollbackModel' | 'predict'>

/** What `baton models …` and `baton predict` call. */
export function modelCommands({ models, serving, openInput, who, config }: AppContexts): ModelCommands {
  return {
    async listModels() {
      const found = []
      let after: string | undefined
      do {
        const page = await listModels(models, after === undefined ? {} : { after })
        found.push(...page.items)
        after = page.next
      } while (after !== undefined)
      return found
    },
    async showModel(reference) {
      const version = await resolveVersion(models, reference)
      const report = join(models.reportsFolder, `${version.model}-${version.version}.html`)
      return {
        model: await showModel(models, version.model),
        version,
        ...(existsSync(report) ? { report: relative(config.root, report) } : {}),
      }
    },
    promoteModel: (reference, alias, options) => promote(models, reference, alias, { who, ...options }),
    rollbackModel: (model, alias, options) => rollback(models, model, alias, { who, ...options }),
    predict: ({ onProgress, ...request }) =>
      predictBatch(
        { ...serving, openInput },
        { ...request, onProgress: (done, total) => onProgress({ done, total, unit: 'rows' }) },
      ),
  }
}
