import { type DraftColumn, featureColumns, type ProjectDraft } from '../draft.ts'
import { toComment, toIdentifier, toKey, toLiteral } from '../names.ts'
import { chooseSlices } from '../choose-slices.ts'
import type { ColumnConstraints } from '../column-constraints.ts'
import { type FirstResult, promisesText } from './promises-text.ts'

/** The rules of a column as the inside of an object literal. */
function rules(constraints: ColumnConstraints, type: string): string {
  const parts = [`type: '${type}'`]
  if (constraints.nullable === true) parts.push('nullable: true')
  if (constraints.min !== undefined) parts.push(`min: ${constraints.min}`)
  if (constraints.max !== undefined) parts.push(`max: ${constraints.max}`)
  if (constraints.oneOf !== undefined) parts.push(`oneOf: [${constraints.oneOf.map(toLiteral).join(', ')}]`)
  return `{ ${parts.join(', ')} }`
}

/** The two values of a binary target, as its column holds them. */
function twoValues({ column }: ProjectDraft['target'], type: string): string {
  const values = (column.values ?? []).map(({ value }) => value).toSorted()
  return values.map((value) => (type === 'string' ? toLiteral(value) : value)).join(', ')
}

/** A target is never null: a row without an answer cannot teach or test. */
function dataRules(column: DraftColumn, target: ProjectDraft['target']): string {
  const { constraints } = column
  if (column.role.role !== 'target') return rules(constraints, constraints.type)
  const { nullable: _, ...filled } = constraints
  if (target.task === 'regression') return rules(filled, constraints.type)
  if (constraints.type === 'boolean') return "{ type: 'boolean' }"
  return `{ type: '${constraints.type}', oneOf: [${twoValues(target, constraints.type)}] }`
}

/** The share of rows that may be put aside: 5 %, or more where the target is missing more often. */
function quarantineShare(draft: ProjectDraft): number {
  const missing = draft.target.column.nulls / draft.rows
  return missing <= 0.04 ? 0.05 : Math.min(1, Math.ceil((missing + 0.05) * 100) / 100)
}

/** `contracts/<name>-data.ts`: what the table promises, as its present content shows it. */
export function dataContractFile(draft: ProjectDraft): string {
  const lines = draft.columns.map((column) => `    ${toKey(column.name)}: ${dataRules(column, draft.target)},`)
  return `import { dataContract } from 'baton-ml'

// Drafted by baton init from ${draft.rows.toLocaleString('en-US')} rows of ${toComment(draft.file)}.
// Limits have half the span seen as slack on both sides; short lists of texts are complete.
// A row that breaks a rule is put aside with its reason. Tighten what you know better.
export const ${toIdentifier(draft.slug)}Data = dataContract({
  name: '${draft.slug}',
  owner: 'name who answers for this data',
  maxQuarantineShare: ${quarantineShare(draft)},
  columns: {
${lines.join('\n')}
  },
})
`
}

/** Fewer missing values than this may all fall into the test part, and then the model has never seen one. */
const enoughMissing = 20

/** What the model promises to take: a value may be missing only where enough were, for the model to learn from. */
function inputLine({ name, inferred, constraints }: DraftColumn): string {
  const { nullable, ...filled } = constraints
  const isTaken = nullable === true && inferred.nulls >= enoughMissing
  const line = `    ${toKey(name)}: ${rules(isTaken ? constraints : filled, modelType(constraints))},`
  if (nullable !== true || isTaken) return line
  return `    // Missing in ${inferred.nulls} rows only, too few to learn from: a row without it is put aside.\n${line}`
}

function modelType(constraints: ColumnConstraints): string {
  switch (constraints.type) {
    case 'integer':
    case 'bigint':
      return 'integer'
    case 'double':
      return 'number'
    case 'boolean':
    case 'string':
    case 'date':
    case 'timestamp':
      return constraints.type
  }
}

/** `contracts/<name>.ts`: what the model promises to those who use it; `first` is the result it is drafted from. */
export function modelContractFile(draft: ProjectDraft, first?: FirstResult): string {
  const { target } = draft
  const excluded = draft.columns.flatMap((column) =>
    column.role.role === 'excluded' ? [`    // ${toComment(column.name)}: ${toComment(column.role.because)}`] : [],
  )
  const inputs = featureColumns(draft).map(inputLine)
  const output = freeName(target.task === 'binary' ? 'score' : 'prediction', draft)
  const positive = target.task === 'binary' ? `\n  positive: ${toLiteral(target.positive)},` : ''
  const limits = target.task === 'binary' ? ', min: 0, max: 1' : ''
  return `import { contract } from 'baton-ml'

// ${toComment(target.column.name)} is the target: ${toComment(target.because)}.
export const ${toIdentifier(draft.slug)} = contract({
  name: '${draft.slug}',
  task: '${target.task}',
  target: ${toLiteral(target.column.name)},${positive}
  owners: { dataScience: 'name who answers for the model', engineering: 'name who runs it' },
  input: {
${inputs.join('\n')}${excluded.length > 0 ? `\n    // Left out, because a model would learn nothing that lasts from them:\n${excluded.join('\n')}` : ''}
  },
  output: { ${output}: { type: 'number'${limits} } },
${promisesText(draft, chooseSlices(draft), first)}
})
`
}

/** A name that no column has. */
function freeName(wanted: string, draft: ProjectDraft): string {
  const taken = new Set(draft.columns.map((column) => column.name.toLowerCase()))
  return taken.has(wanted) ? `baton_${wanted}` : wanted
}
