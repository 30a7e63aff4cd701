import type { DraftedLimit, DraftedPromises } from '../draft-promises.ts'
import { knowledge } from '../draft-promises.ts'
import type { ProjectDraft } from '../draft.ts'
import { toComment, toLiteral } from '../names.ts'

/** A first result with the run that it came from. */
export interface FirstResult {
  readonly promises: DraftedPromises
  /** As `baton runs show` takes it. */
  readonly run: string
  readonly at: Date
}

const labels: Readonly<Record<string, string>> = { rocAuc: 'ROC AUC', logLoss: 'log loss', rmse: 'RMSE', r2: 'R²' }

const nothingWords = {
  binary: { better: 'rank better than chance', chance: 'Chance is 0.5 by definition', told: 'from chance' },
  regression: { better: 'be nearer than the mean', chance: 'The mean has 0 by definition', told: 'from the mean' },
} as const

/** Four significant digits; more would be noise. */
function short(value: number): string {
  const text = String(Number(value.toPrecision(4)))
  return text.includes('e') ? text : text.replace(/^-/, '−')
}

type Measured = DraftedLimit['measured']

/** `0.7431 [0.7201, 0.766]`. */
export function measuredText({ value, lower, upper }: Measured): string {
  return lower === undefined || upper === undefined
    ? short(value)
    : `${short(value)} [${short(lower)}, ${short(upper)}]`
}

/** Comment lines of at most 116 characters, at the indent of a contract's keys. */
function comment(text: string): string {
  const lines: string[] = []
  let line = '  //'
  for (const word of toComment(text).split(' ')) {
    if (line.length + 1 + word.length > 118 && line !== '  //') {
      lines.push(line)
      line = '  //'
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}

const leastOf = (task: ProjectDraft['target']['task']) => {
  const { metric, least } = knowledge[task]
  return `  quality: { ${metric}: { min: ${least}, interval: 'lower' } },`
}

function beforeTheRun(draft: ProjectDraft): string {
  const { task } = draft.target
  const { better, chance } = nothingWords[task]
  return `${comment(`Nothing is known before the first run, so this asks only what any model must do: ${better}, also at the lower end of the 95 % interval. ${chance}. Raise it to what your first report shows.`)}
${leastOf(task)}`
}

function origin({ promises: { report }, run, at }: FirstResult): string {
  const { dataset, version, scored } = report.data
  return `the first run (baton runs show ${run}, ${at.toISOString().slice(0, 10)}), ${scored.toLocaleString('en-US')} test rows of ${dataset}@${version}`
}

/** What the first model was worth when it was worth nothing, in words. */
export function notBetterText({ task, metrics, notDefined }: DraftedPromises['report']): string {
  const { metric } = knowledge[task]
  const measured = metrics[metric]
  if (measured === undefined)
    return `${labels[metric]} could not be measured: ${(notDefined[metric] ?? 'it is not defined.').replace(/^[A-Z]/, (letter) => letter.toLowerCase()).replace(/\.$/, '')}`
  const rows = measured.lower === undefined ? 'has no interval' : `cannot be told ${nothingWords[task].told}`
  return `${labels[metric]} ${measuredText(measured)}, which ${rows}`
}

function whenNothingWasLearned(draft: ProjectDraft, first: FirstResult): string {
  const { task, column } = draft.target
  const { better, chance } = nothingWords[task]
  return `${comment(`From ${origin(first)}: ${notBetterText(first.promises.report)}. So this still asks only what any model must do: ${better}, also at the lower end of the 95 % interval. ${chance}. The first model does not keep it, and baton run stops at this gate until there are columns that say something about ${column.name}, or rows enough to show it.`)}
${leastOf(task)}`
}

function boundText({ side, limit, interval }: DraftedLimit): string {
  return `{ ${side}: ${limit}${interval === undefined ? '' : `, interval: '${interval}'`} }`
}

type Better = Extract<DraftedPromises, { better: true }>

function qualityText({ quality, gain }: Better): string {
  const lines = quality.map(
    (limit) => `    ${limit.metric}: ${boundText(limit)}, // measured: ${measuredText(limit.measured)}`,
  )
  if (gain !== undefined) {
    lines.push(
      `    // Measured: ${measuredText(gain)} less log loss than giving everybody the same chance.`,
      `    gainOverBaseline: [{ over: 'zeroRule', metric: 'logLoss', min: 0, interval: 'lower' }],`,
    )
  }
  return `  quality: {\n${lines.join('\n')}\n  },`
}

function limitsText({ p95Ms, maxMb, report }: Better): string {
  const { latency, model } = report
  const lines: string[] = []
  if (latency !== undefined && p95Ms !== undefined) {
    lines.push(
      comment(
        `Measured: 95 % of ${latency.predictions} predictions of one row took at most ${short(latency.p95Ms)} ms (${latency.machine}). Ten times that and at least 10 ms, for a machine that is slower or busy.`,
      ),
      `  latency: { p95Ms: ${p95Ms} },`,
    )
  }
  lines.push(
    comment(
      `Measured: ${short(model.sizeBytes / 1e6)} MB. Five times that and at least 1 MB, for a model that has learned more.`,
    ),
    `  size: { maxMb: ${maxMb} },`,
  )
  return lines.join('\n')
}

function drafted(first: FirstResult, promises: Better): string {
  const why = `Drafted from ${origin(first)}; in brackets the 95 % interval. A limit on the lower end lies as far below it as it is below the estimate, a limit on the estimate at the end of its interval, and both at least 1 % away: a model that is as good, tested on as many rows, keeps each about eleven times in twelve. Change them to what the use of the model needs.`
  return [comment(why), qualityText(promises), limitsText(promises)].join('\n')
}

function slicesText(slices: readonly string[], promises: DraftedPromises | undefined): string {
  if (slices.length === 0) return ''
  const list = `  slices: [${slices.map(toLiteral).join(', ')}],`
  const worst = promises?.better === true ? promises.slices : undefined
  if (worst === undefined) return `${comment('The report shows quality by the values of these inputs.')}\n${list}\n`
  const where = `${worst.column} is ${worst.value}`
  return `${comment(`The worst value was where ${where}: ${labels[worst.metric]} ${measuredText(worst.measured)}. Each value with at least 50 test rows is judged.`)}
${list}
  sliceQuality: { ${worst.metric}: ${boundText(worst)} },
`
}

/** What a model contract promises of quality and limits, with where each number comes from. */
export function promisesText(draft: ProjectDraft, slices: readonly string[], first: FirstResult | undefined): string {
  const sliced = slicesText(slices, first?.promises)
  if (first === undefined) return `${beforeTheRun(draft)}\n${sliced}`.trimEnd()
  const { promises } = first
  const text = promises.better ? drafted(first, promises) : whenNothingWasLearned(draft, first)
  return `${text}\n${sliced}`.trimEnd()
}
