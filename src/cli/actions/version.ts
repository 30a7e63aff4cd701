import process from 'node:process'

import { defineAction } from '../command.ts'
import { packageManifest } from '../package-info.ts'
import { formatFacts } from '../print/table.ts'

interface Versions {
  readonly baton: string
  readonly node: string
  readonly platform: string
  readonly parts: Readonly<Record<string, string>>
}

const shownParts = ['@duckdb/node-api', 'onnxruntime-node', 'kysely', 'pg', 'zod']

export const versionAction = defineAction<Versions>({
  async run() {
    const manifest = packageManifest()
    const parts = shownParts.map((name) => [name, manifest.dependencies[name] ?? 'missing'] as const)
    return {
      baton: manifest.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      parts: Object.fromEntries(parts),
    }
  },
  text(data, screen) {
    return formatFacts(screen, [
      ['baton', data.baton],
      ['node', data.node],
      ['platform', data.platform],
      ...Object.entries(data.parts),
    ])
  },
})
