import type { Page } from '../../kernel/page.ts'
import type { Delivery } from '../../modules/serving/index.ts'
import type { DeliveryFilter } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { InvalidOptionError } from '../errors.ts'
import { type CommandInput, countOption, textOption } from '../input.ts'
import { nextPage } from '../print/next-page.ts'
import { shownCommand } from '../print/place.ts'
import { formatAgo, formatCount } from '../print/quantities.ts'
import type { Screen } from '../print/screen.ts'
import { formatTable } from '../print/table.ts'

const states: readonly string[] = ['delivered', 'pending', 'refused'] satisfies readonly Delivery['state'][]

function filterOf(input: CommandInput): DeliveryFilter {
  const state = textOption(input, 'state')?.toLowerCase()
  if (state !== undefined && !states.includes(state)) {
    throw new InvalidOptionError('--state', state, 'delivered, pending or refused')
  }
  const given = {
    pipeline: textOption(input, 'pipeline'),
    step: textOption(input, 'step'),
    after: textOption(input, 'after'),
  }
  const texts = Object.fromEntries(Object.entries(given).filter(([, text]) => text !== undefined))
  return {
    limit: countOption(input, 'limit') ?? 20,
    ...(state === undefined ? {} : { state: state as Delivery['state'] }),
    ...texts,
  }
}

/** What the receiver said last: its status and the beginning of its answer. */
function answerOf({ status, answer }: Delivery): string {
  return [status === undefined ? undefined : String(status), answer].filter((part) => part !== undefined).join(' ')
}

interface Listed {
  readonly page: Page<Delivery>
  readonly input: CommandInput
}

/** What becomes of the batches that have not arrived. */
function whatNext(screen: Screen, { items }: Page<Delivery>): string {
  const open = items.find(({ state }) => state !== 'delivered')
  if (open === undefined) return ''
  return `\n\nWhat is pending or refused is sent again by the next run: ${shownCommand(screen, `baton run ${open.pipeline}`)}`
}

export const listDeliveriesAction = defineAction<Listed>({
  async run(shell, input) {
    const filter = filterOf(input)
    const app = await shell.app()
    return { page: await app.listDeliveries(filter), input }
  },
  text({ page, input }, screen, now) {
    if (page.items.length === 0) return 'There are no such deliveries. A step p.notify(…) makes them.'
    const table = formatTable(
      screen,
      [
        { title: 'batch', value: (delivery) => delivery.batchKey.slice(-10), whole: true },
        { title: 'step', value: ({ pipeline, step }) => `${pipeline}/${step}` },
        { title: 'state', value: (delivery) => delivery.state, whole: true },
        { title: 'rows', value: (delivery) => formatCount(delivery.rows), align: 'right' },
        {
          title: 'keys',
          value: ({ firstKey, lastKey }) => (firstKey === lastKey ? firstKey : `${firstKey} … ${lastKey}`),
        },
        { title: 'to', value: (delivery) => delivery.host },
        { title: 'tries', value: (delivery) => formatCount(delivery.attempts), align: 'right' },
        { title: 'changed', value: (delivery) => formatAgo(new Date(delivery.updatedAt), now) },
        { title: 'run', value: (delivery) => delivery.runId.slice(-8), whole: true },
        { title: 'answer', value: answerOf },
      ],
      page.items,
    )
    return table + nextPage(screen, page, { command: 'baton deliveries list', input }) + whatNext(screen, page)
  },
  json: ({ page }) => page,
})
