import { featureColumns, type ProjectDraft } from '../draft.ts'
import { toComment, toIdentifier, toLiteral } from '../names.ts'

const count = (value: number) => value.toLocaleString('en-US')

export function configFile(draft: ProjectDraft): string {
  return `import { defineConfig } from 'baton-ml'

export default defineConfig({
  name: ${toLiteral(draft.project)},
})
`
}

/** A cell of a Markdown table. */
function cell(text: string): string {
  return toComment(text).replaceAll('|', '\\|')
}

/** `references/data-dictionary.md`: each column with what it held on the first day. */
export function dataDictionary(draft: ProjectDraft): string {
  const lines = draft.columns.map(({ name, inferred, role }) => {
    const range = inferred.min === null ? '' : `${inferred.min} to ${inferred.max}`
    const values = (inferred.values ?? []).slice(0, 6).map(({ value }) => value)
    const shown =
      inferred.values !== undefined && inferred.type === 'string'
        ? values.join(', ') + (inferred.distinct > 6 ? ', …' : '')
        : range
    const use = role.role === 'excluded' ? `left out: ${role.because}` : role.role
    return `| ${cell(name)} | ${inferred.type} | ${count(inferred.nulls)} | ${count(inferred.distinct)} | ${cell(shown)} | ${cell(use)} |  |`
  })
  return `# Data dictionary

${count(draft.rows)} rows of \`${cell(draft.file)}\`, as \`baton init\` found them. Write down what each column means.

| column | type | missing | different | values | use | meaning |
| --- | --- | ---: | ---: | --- | --- | --- |
${lines.join('\n')}
`
}

export function readmeFile(draft: ProjectDraft): string {
  const { target, split, slug } = draft
  const task =
    target.task === 'binary'
      ? `the chance that \`${cell(target.column.name)}\` is "${cell(target.positive)}"`
      : `\`${cell(target.column.name)}\``
  const assumed = draft.assumptions.map((text) => `- ${cell(text)}\n`).join('')
  return `# ${cell(draft.project)}

Predicts ${task} from ${count(featureColumns(draft).length)} columns of \`data/raw/${cell(draft.file)}\`.

\`\`\`
baton run ${slug}            # data to a registered model, with a quality report
baton run ${slug} --dry-run  # what would run, and why
baton test${' '.repeat(slug.length + 9)}  # the tests in tests/
baton models list
\`\`\`

## What was decided, and where to change it

- **Task**: ${target.task}; ${cell(target.because)}. In \`contracts/${slug}.ts\`.
- **Split**: by ${split.by === 'random' ? 'chance' : split.by}; ${cell(split.because)}. In \`pipelines/${slug}.ts\`.
- **Columns**: \`contracts/${slug}.ts\` lists what the model reads, and what was left out, with the reason.
- **Limits**: \`contracts/${slug}-data.ts\`, from the values that were there, with slack.
- **Minimum quality**: in \`contracts/${slug}.ts\`, each number with where it comes from. Change it to what the use of the model needs.
${assumed === '' ? '' : `\nOf the file it was assumed:\n\n${assumed}`}
## Where things are

| folder | what |
| --- | --- |
| \`pipelines/\`, \`contracts/\`, \`sql/\`, \`src/\` | the belt, what it promises, and its code |
| \`data/\` | external, raw, interim, processed; never in git |
| \`notebooks/\`, \`reports/\`, \`references/\`, \`docs/\` | looking around, results, data dictionaries, what newcomers need |
| \`configs/\`, \`scripts/\`, \`models/\`, \`tests/\` | settings of experiments, small programs, exported models, tests |
`
}

/** `tests/contracts.test.ts`: the two contracts must agree, whoever edits one of them. */
export function testFile(draft: ProjectDraft): string {
  const name = toIdentifier(draft.slug)
  return `import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ${name}Data } from '../contracts/${draft.slug}-data.ts'
import { ${name} } from '../contracts/${draft.slug}.ts'

test('the data has every column that the model reads, and the target', () => {
  const columns = Object.keys(${name}Data.columns)
  for (const input of [...Object.keys(${name}.input), ${name}.target]) assert.ok(columns.includes(input), input)
})

test('the model reads each column as the type that the data has', () => {
  const columns = new Map(Object.entries(${name}Data.columns))
  const same: Readonly<Record<string, string>> = { bigint: 'integer', double: 'number', decimal: 'number' }
  for (const [input, { type }] of Object.entries(${name}.input)) {
    const given = columns.get(input)?.type ?? 'not there'
    assert.equal(type, same[given] ?? given, input)
  }
})
`
}
