import type { RowSource, RowSources } from '../../ports/row-source.ts'
import { RowSourceError } from './errors.ts'

/** Each scheme with what opens it; a driver is loaded when its first source is opened. */
const schemes: Readonly<Record<string, (url: string) => Promise<RowSource>>> = {
  sqlite: async (url) => {
    const { openSqliteSource } = await import('./sqlite/index.ts')
    return openSqliteSource(url.replace(/^sqlite:(\/\/(?=\/))?/, ''))
  },
  postgres: async (url) => {
    const { openPostgresSource } = await import('./postgres/index.ts')
    return openPostgresSource(url)
  },
  postgresql: async (url) => {
    const { openPostgresSource } = await import('./postgres/index.ts')
    return openPostgresSource(url)
  },
}

/** Opens databases by the scheme of their URL. */
export function createRowSources(): RowSources {
  return {
    async open(url) {
      const scheme = /^([a-z+]+):/i.exec(url)?.[1]?.toLowerCase() ?? ''
      const open = schemes[scheme]
      if (open) return open(url)
      throw new RowSourceError({
        code: 'source.unknown_scheme',
        kind: 'usage',
        message: `No driver reads ${scheme === '' ? 'a source without a scheme' : `${scheme}: sources`}.`,
        hint: `Known schemes: ${Object.keys(schemes).join(', ')}.`,
      })
    },
  }
}
