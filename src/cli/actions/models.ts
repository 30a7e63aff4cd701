import type { ModelDetail, ModelSummary, Promotion } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { WrongArgumentsError } from '../errors.ts'
import { argument, type CommandInput, textOption } from '../input.ts'
import { formatAgo, formatBytes, formatNumber } from '../print/quantities.ts'
import { paint } from '../print/screen.ts'
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

function promotionText(promotion: Promotion): string {
  const from = promotion.from === undefined ? '' : ` instead of version ${promotion.from}`
  return `${escapeControls(promotion.model)}@${promotion.to} is ${escapeControls(promotion.alias)} now${from}\n\nnext  baton models show ${escapeControls(promotion.model)}@${escapeControls(promotion.alias)}`
}

export const listModelsAction = defineAction<readonly ModelSummary[]>({
  async run(shell) {
    const app = await shell.app()
    return app.listModels()
  },
  text(models, screen, now) {
    if (models.length === 0)
      return 'There are no models yet. A pipeline that ends in p.register(…) makes one: baton run PIPELINE'
    return formatTable(
      screen,
      [
        { title: 'model', value: (model) => `${model.name}@${model.version}`, whole: true },
        { title: 'aliases', value: (model) => model.aliases.join(', ') },
        { title: 'made', value: (model) => formatAgo(new Date(model.createdAt), now) },
        {
          title: 'metrics',
          value: (model) =>
            Object.entries(model.metrics)
              .slice(0, 3)
              .map(([name, value]) => `${name} ${formatNumber(value)}`)
              .join(', '),
        },
      ],
      models,
    )
  },
})

export const showModelAction = defineAction<ModelDetail>({
  async run(shell, input) {
    const app = await shell.app()
    return app.showModel(argument(input, 0))
  },
  text(model, screen, now) {
    const facts = formatFacts(screen, [
      ['model', `${escapeControls(model.name)}@${model.version}`],
      ['aliases', model.aliases.join(', ')],
      ['task', model.task],
      ['made', formatAgo(new Date(model.createdAt), now)],
      ['run', model.runId === undefined ? undefined : `baton runs show ${model.runId}`],
      ['quality report', model.report === undefined ? undefined : escapeControls(model.report)],
      ['size', model.sizeBytes === undefined ? undefined : formatBytes(model.sizeBytes)],
      ['digest', model.digest],
      ...Object.entries(model.metrics).map(([name, value]) => [escapeControls(name), formatNumber(value)] as const),
    ])
    const gate = model.gate.map(
      (rule) =>
        `${rule.holds ? paint(screen, 'green', '✓ holds ') : paint(screen, 'red', '✗ broken')}  ${escapeControls(rule.rule)}  ${escapeControls(rule.detail)}`,
    )
    const promotions = model.promotions.map(
      (promotion) =>
        `${promotion.at.slice(0, 16).replace('T', ' ')}  ${escapeControls(promotion.alias)} → ${promotion.to}  ${escapeControls(promotion.by)}: ${escapeControls(promotion.why)}`,
    )
    const inputs = formatTable(
      screen,
      [
        { title: 'input', value: (field) => field.name },
        { title: 'type', value: (field) => field.type },
        { title: 'null', value: (field) => (field.nullable ? 'allowed' : 'no') },
      ],
      model.inputs,
    )
    return [facts, gate.join('\n'), inputs, promotions.join('\n')].filter((block) => block !== '').join('\n\n')
  },
})

export const promoteModelAction = defineAction<Promotion>({
  async run(shell, input) {
    const why = reasonOf(input, 'baton models promote')
    const app = await shell.app()
    return app.promoteModel(argument(input, 0), textOption(input, 'to') ?? 'champion', why)
  },
  text: promotionText,
})

export const rollbackModelAction = defineAction<Promotion>({
  async run(shell, input) {
    const why = reasonOf(input, 'baton models rollback')
    const app = await shell.app()
    return app.rollbackModel(argument(input, 0), textOption(input, 'alias') ?? 'champion', why)
  },
  text: promotionText,
})
