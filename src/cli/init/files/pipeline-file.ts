import type { ProjectDraft } from '../draft.ts'
import { toComment, toIdentifier, toLiteral } from '../names.ts'

/** Names in rows that fit the page. */
function nameList(names: readonly string[], indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const name of names) {
    const item = `${toLiteral(name)}, `
    if (line !== '' && indent.length + line.length + item.length > 100) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += item
  }
  lines.push(line.trimEnd())
  return lines.map((text) => `${indent}${text}`).join('\n')
}

/** The expression after `from:`, with just the options that differ from the usual. */
function sourceExpression({ file, csv }: ProjectDraft): { readonly name: string; readonly text: string } {
  const path = toLiteral(`data/raw/${file}`)
  if (/\.parquet$/i.test(file)) return { name: 'parquet', text: `parquet(${path})` }
  if (/\.(jsonl|ndjson)$/i.test(file)) return { name: 'jsonl', text: `jsonl(${path})` }
  const { names, ...rest } = csv
  const options = Object.entries(rest).map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? toLiteral(value) : String(value)}`,
  )
  if (names === undefined)
    return { name: 'csv', text: options.length === 0 ? `csv(${path})` : `csv(${path}, { ${options.join(', ')} })` }
  const list = `// The file has no names: give better ones here and in the contracts.\n        names: [\n${nameList(names, '          ')}\n        ]`
  return {
    name: 'csv',
    text: `csv(${path}, {\n${[...options, list].map((option) => `        ${option},\n`).join('')}      })`,
  }
}

/** How the split is written: the latest fifth for time, a fifth of rows or groups otherwise. */
function splitExpression({ split }: ProjectDraft): { readonly name: string; readonly text: string } {
  if (split.by === 'random' || split.column === undefined) return { name: 'random', text: 'random()' }
  return { name: split.by, text: `${split.by}(${toLiteral(split.column)})` }
}

/** `pipelines/<name>.ts`: from the file to a registered model, read from top to bottom. */
export function pipelineFile(draft: ProjectDraft): string {
  const { slug, target } = draft
  const name = toIdentifier(slug)
  const source = sourceExpression(draft)
  const by = splitExpression(draft)
  const imports = [source.name, by.name, 'gradientBoosting', 'pipeline'].toSorted()
  const positive = target.task === 'binary' ? `\n      positive: ${toLiteral(target.positive)},` : ''
  return `import { ${imports.join(', ')} } from 'baton-ml'

import { ${name}Data } from '../contracts/${slug}-data.ts'
import { ${name} } from '../contracts/${slug}.ts'

/** ${toComment(draft.file)} to a registered model. Read it from top to bottom, as the data flows. */
export default pipeline('${slug}', {
  steps(p) {
    const rows = p.ingest('${slug}', {
      from: ${source.text},
      contract: ${name}Data,
    })

    // ${toComment(draft.split.because)}.
    const split = p.split('split', { input: rows, by: ${by.text}, test: 0.2, validation: 0.2 })

    const model = p.train('train', {
      learner: gradientBoosting(),
      inputs: { train: split.train, validation: split.validation },
      target: ${name}.target,
      task: '${target.task}',${positive}
      features: Object.keys(${name}.input),
    })

    const report = p.evaluate('evaluate', {
      model,
      data: split.test,
      train: split.train,
      validation: split.validation,
      contract: ${name},
    })
    return p.register('register', { model, report, contract: ${name}, alias: 'challenger' })
  },
})
`
}
