import type {
  AliasMoved,
  GatedVersion,
  ModelDetails,
  ModelVersion,
  RegisteredModel,
} from '../../modules/models/index.ts'
import { defineAction } from '../command.ts'
import { WrongArgumentsError } from '../errors.ts'
import { argument, type CommandInput, flagOption, textOption } from '../input.ts'
import { shownCommand, shownPath } from '../print/place.ts'
import { formatAgo, formatBytes } from '../print/quantities.ts'
import { paint, type Screen } from '../print/screen.ts'
import { formatFacts, formatTable } from '../print/table.ts'
import { escapeControls } from '../print/text-width.ts'

/** A promotion without a reason cannot be understood a year later, so it is not taken. */
function reasonOf(input: CommandInput, command: string): string {
  const why = textOption(input, 'why')?.trim()
  if (why === undefined || why === '') {
    throw new WrongArgumentsError(`"${command}" needs --why "…": the reason is kept with the promotion.`, command)
  }
  return why
}

/** Who decides; the app says who is at the keyboard. */
function whoOf(input: CommandInput): { readonly who?: string } {
  const who = textOption(input, 'who')
  return who === undefined ? {} : { who }
}

function aliasesOf(model: RegisteredModel, version?: number): string {
  const aliases = Object.entries(model.aliases)
  if (version !== undefined)
    return aliases
      .filter(([, of]) => of === version)
      .map(([alias]) => alias)
      .join(', ')
  return aliases.map(([alias, of]) => `${alias} ${of}`).join(', ')
}

interface Moved {
  readonly alias: string
  readonly moved: AliasMoved
}

function movedText({ alias, moved }: Moved, screen: Screen): string {
  const { model, version } = moved.version
  const next = `next  ${shownCommand(screen, `baton models show ${model}@${alias}`)}`
  if (moved.event === undefined) return `${model}@${version} was ${alias} already\n\n${next}`
  const from = moved.event.from === undefined ? '' : ` instead of version ${moved.event.from}`
  return `${model}@${version} is ${alias} now${from}\n\n${next}`
}

function movedJson({ alias, moved }: Moved): unknown {
  return { model: moved.version.model, version: moved.version.version, alias, event: moved.event ?? null }
}

export const listModelsAction = defineAction<readonly RegisteredModel[]>({
  async run(shell) {
    const app = await shell.app()
    return app.listModels()
  },
  text(models, screen, now) {
    if (models.length === 0) {
      return 'There are no models yet. A pipeline that ends in p.register(…) makes one: baton run PIPELINE'
    }
    return formatTable(
      screen,
      [
        { title: 'model', value: (model) => model.name, whole: true },
        { title: 'latest', value: (model) => model.latestVersion, align: 'right' },
        { title: 'aliases', value: (model) => aliasesOf(model) },
        { title: 'changed', value: (model) => formatAgo(new Date(model.updatedAt), now) },
        { title: 'description', value: (model) => model.description },
      ],
      models,
    )
  },
})

function gateText(screen: Screen, version: ModelVersion): string {
  if (version.origin === 'client') return 'Registered by an MLflow client: no contract was checked.'
  const lines = version.judgement.promises.map((promise) => {
    const mark = promise.holds ? paint(screen, 'green', '✓ holds ') : paint(screen, 'red', '✗ broken')
    return `${mark}  ${escapeControls(promise.promise)}  ${escapeControls(promise.promised)}; measured: ${escapeControls(promise.measured)}`
  })
  return lines.join('\n')
}

function gatedFacts(version: GatedVersion): [label: string, value: string][] {
  return [
    ['size', formatBytes(version.sizeBytes)],
    ['digest', version.modelDigest],
    ['owners', escapeControls(Object.values(version.contract.owners).join(', '))],
  ]
}

interface Shown {
  readonly model: ModelDetails
  readonly version: ModelVersion
  readonly report?: string
}

function showText({ model, version, report }: Shown, screen: Screen, now: Date): string {
  const facts = formatFacts(screen, [
    ['model', `${model.name}@${version.version} of ${model.latestVersion}`],
    ['aliases', aliasesOf(model, version.version)],
    ['task', version.origin === 'gate' ? version.signature.task : undefined],
    ['source', version.origin === 'client' ? escapeControls(version.source) : undefined],
    ['stage', version.stage === 'None' ? undefined : version.stage],
    [
      'tags',
      escapeControls(
        Object.entries(version.tags)
          .map((tag) => tag.join('='))
          .join(', '),
      ),
    ],
    ['made', formatAgo(new Date(version.createdAt), now)],
    ['run', version.runId && shownCommand(screen, `baton runs show ${version.runId.slice(-8)}`)],
    ['quality report', report === undefined ? undefined : shownPath(screen, escapeControls(report))],
    ...(version.origin === 'gate' ? gatedFacts(version) : []),
  ])
  const inputs =
    version.origin === 'client'
      ? ''
      : formatTable(
          screen,
          [
            { title: 'input', value: (field) => field.name },
            { title: 'type', value: (field) => field.type },
            { title: 'null', value: (field) => (field.nullable ? 'allowed' : 'no') },
          ],
          version.signature.inputs,
        )
  const history = model.history.map(
    (event) =>
      `${event.at.slice(0, 16).replace('T', ' ')}  ${event.alias} → ${event.to ?? 'none'}  ${event.action} by ${escapeControls(event.who)}: ${escapeControls(event.why)}`,
  )
  return [facts, gateText(screen, version), inputs, history.join('\n')].filter((block) => block !== '').join('\n\n')
}

export const showModelAction = defineAction<Shown>({
  async run(shell, input) {
    const app = await shell.app()
    return app.showModel(argument(input, 0))
  },
  text: showText,
  json: ({ model, version, report }) => ({ ...model, shown: version, report: report ?? null }),
})

export const promoteModelAction = defineAction<Moved>({
  async run(shell, input) {
    const why = reasonOf(input, 'baton models promote')
    const alias = textOption(input, 'to') ?? 'champion'
    const app = await shell.app()
    return {
      alias,
      moved: await app.promoteModel(argument(input, 0), alias, {
        ...whoOf(input),
        why,
        force: flagOption(input, 'force'),
      }),
    }
  },
  text: movedText,
  json: movedJson,
})

export const rollbackModelAction = defineAction<Moved>({
  async run(shell, input) {
    const why = reasonOf(input, 'baton models rollback')
    const alias = textOption(input, 'alias') ?? 'champion'
    const app = await shell.app()
    return { alias, moved: await app.rollbackModel(argument(input, 0), alias, { ...whoOf(input), why }) }
  },
  text: movedText,
  json: movedJson,
})
