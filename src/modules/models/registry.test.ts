import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { array, assert, constant, integer, oneof, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { digestBytes } from '../../kernel/hash.ts'
import { parseModelContract } from '../contracts/index.ts'
import { readAliasHistory } from './alias.ts'
import {
  findModel,
  GateFailedError,
  listModels,
  parseModelReference,
  promote,
  registerModel,
  resolveModel,
  rollback,
  showModel,
} from './index.ts'
import { openRegistry, reason, registration, smallContract, smallFacts } from './registry.fixture.ts'
import type { ModelsTables } from './tables.ts'

const driver = new URL('../../drivers/database/test-database.fixture.ts', import.meta.url).href
const childFile = fileURLToPath(new URL('registry-child.fixture.ts', import.meta.url))

async function child(...args: readonly string[]): Promise<void> {
  const started = fork(childFile, [driver, ...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
  let complaint = ''
  started.stderr?.on('data', (bytes: Buffer) => {
    complaint += bytes.toString()
  })
  const [exitCode] = (await once(started, 'exit')) as [number | null]
  expect(exitCode, complaint).toBe(0)
}

describe('parseModelReference', () => {
  it.each([
    ['churn', { kind: 'latest', model: 'churn' }],
    ['churn@latest', { kind: 'latest', model: 'churn' }],
    ['churn@7', { kind: 'version', model: 'churn', version: 7 }],
    ['churn@champion', { kind: 'alias', model: 'churn', alias: 'champion' }],
    ['Churn EU@Prod', { kind: 'alias', model: 'Churn EU', alias: 'Prod' }],
  ])('reads %s', (text, reference) => expect(parseModelReference(text)).toEqual(reference))

  it.each(['', '@3', 'churn@', 'churn@0', 'churn@-1', 'churn@1@2', '../churn', 'a:b', 'churn@1.5'])(
    'refuses "%s"',
    (text) => expect(() => parseModelReference(text)).toThrow(/does not name a model/),
  )
})

describe('registerModel', () => {
  it('makes versions that count from 1, and finds them by version, latest and alias', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const first = await registerModel(ctx, registration('a', { alias: { name: 'challenger', ...reason } }))
    const second = await registerModel(ctx, registration('b'))
    expect([first, second].map(({ version, created }) => [version.version, created])).toEqual([
      [1, true],
      [2, true],
    ])
    expect((await resolveModel(ctx, 'churn')).version).toBe(2)
    expect((await resolveModel(ctx, 'churn@challenger')).modelDigest).toBe(digestBytes('model a'))
    expect((await resolveModel(ctx, 'churn@1')).contract).toEqual(smallContract)
    expect((await resolveModel(ctx, 'churn@1')).judgement.holds).toBe(true)
  })

  it('gives the version that is there for the same model, report and contract', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const input = registration('a', { alias: { name: 'challenger', ...reason } })
    await registerModel(ctx, input)
    const again = await registerModel(ctx, { ...input, runId: 'r2' })
    expect(again).toMatchObject({ created: false, version: { version: 1, runId: 'r1' } })
    const other = parseModelContract({ ...smallContract, quality: { rocAuc: { min: 0.71, interval: 'lower' } } })
    expect((await registerModel(ctx, { ...input, contract: other })).version.version).toBe(2)
    expect((await showModel(ctx, 'churn')).history).toHaveLength(2)
  })

  it('does not move an alias again that was taken back since', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const alias = { name: 'challenger', ...reason }
    await registerModel(ctx, registration('a', { alias }))
    await registerModel(ctx, registration('b', { alias }))
    await rollback(ctx, 'churn', 'challenger', reason)
    await registerModel(ctx, registration('b', { alias }))
    expect((await resolveModel(ctx, 'churn@challenger')).version).toBe(1)
  })

  it('makes nothing when the gate does not hold, and says which promise, by how much and whose', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const facts = { metrics: { rocAuc: { value: 0.7, lower: 0.6839, upper: 0.72 } } }
    const failure = await registerModel(ctx, registration('a', { facts })).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(GateFailedError)
    const error = failure as GateFailedError
    expect(error).toMatchObject({ code: 'models.gate_failed', kind: 'check' })
    expect(error.message).toContain('2 promises')
    expect(error.message).toContain(
      'rocAuc is 0.6839, 0.0161 below the promised ≥ 0.7 (lower end of 95 %). Side: data science (ana@shop.example).',
    )
    expect(error.message).toContain(
      'latency.p95Ms: The p95 latency of one prediction was not measured, so nobody knows. Side: engineering (ben@shop.example).',
    )
    expect(error.hint).toContain('data science (ana@shop.example) and engineering (ben@shop.example)')
    expect((await listModels(ctx)).items).toEqual([])
    expect(await findModel(ctx, 'churn')).toBeUndefined()
  })

  it('makes nothing when the alias cannot be given', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const bad = (name: string, why: string) =>
      registerModel(ctx, registration('a', { alias: { name, who: 'ana', why } }))
    await expect(bad('latest', 'x')).rejects.toMatchObject({ code: 'models.invalid_alias' })
    await expect(bad('7', 'x')).rejects.toMatchObject({ code: 'models.invalid_alias' })
    await expect(bad('champion', ' ')).rejects.toMatchObject({ code: 'models.reason_required' })
    expect((await listModels(ctx)).items).toEqual([])
  })

  it('numbers versions without gaps when processes register at once, and the same model once', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await Promise.all([
      child('register', ctx.file, 'x', '8'),
      child('register', ctx.file, 'y', '8'),
      child('same', ctx.file, 'z', '5'),
      child('same', ctx.file, 'w', '5'),
    ])
    const { versions, latestVersion } = await showModel(ctx, 'churn')
    expect(latestVersion).toBe(21)
    expect(versions.map((version) => version.version)).toEqual(Array.from({ length: 21 }, (_, i) => 21 - i))
    expect(new Set(versions.map((version) => version.location)).size).toBe(21)
  })
})

describe('promote and rollback', () => {
  it('moves an alias, keeps who, when and why, and goes back by the history', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    for (const seed of ['a', 'b', 'c', 'd']) await registerModel(ctx, registration(seed))
    for (const version of [1, 2, 3]) await promote(ctx, `churn@${version}`, 'champion', reason)
    const back = () => rollback(ctx, 'churn', 'champion', { who: 'ben', why: 'complaints' })
    expect((await back()).version.version).toBe(2)
    await promote(ctx, 'churn@4', 'champion', reason)
    expect((await back()).version.version).toBe(2)
    expect((await back()).version.version).toBe(1)
    await expect(back()).rejects.toMatchObject({ code: 'models.nothing_to_roll_back', kind: 'conflict' })
    const { history, aliases } = await showModel(ctx, 'churn')
    expect(aliases).toEqual({ champion: 1 })
    expect(history.map((event) => [event.action, event.from, event.to, event.who])).toEqual([
      ['promote', undefined, 1, 'ana'],
      ['promote', 1, 2, 'ana'],
      ['promote', 2, 3, 'ana'],
      ['rollback', 3, 2, 'ben'],
      ['promote', 2, 4, 'ana'],
      ['rollback', 4, 2, 'ben'],
      ['rollback', 2, 1, 'ben'],
    ])
    expect(history.every((event) => !Number.isNaN(Date.parse(event.at)))).toBe(true)
  })

  it('writes no second event for an alias that is there', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await registerModel(ctx, registration('a'))
    await promote(ctx, 'churn@1', 'champion', reason)
    expect((await promote(ctx, 'churn', 'champion', reason)).event).toBeUndefined()
    expect((await showModel(ctx, 'churn')).history).toHaveLength(1)
  })

  it.each([
    ['no reason', 'churn@1', 'champion', { who: 'ana', why: '  ' }, 'models.reason_required'],
    ['nobody', 'churn@1', 'champion', { who: '', why: 'x' }, 'models.reason_required'],
    ['an alias that is a number', 'churn@1', '7', reason, 'models.invalid_alias'],
    ['a model that is not there', 'chrun@1', 'champion', reason, 'models.not_found'],
    ['a version that is not there', 'churn@9', 'champion', reason, 'models.version_not_found'],
    ['an alias that is not there', 'churn@challenger', 'champion', reason, 'models.alias_not_found'],
  ])('refuses %s and changes nothing', async (...[, reference, alias, why, code]) => {
    await using ctx = await openRegistry(openTestDatabase)
    await registerModel(ctx, registration('a'))
    await expect(promote(ctx, reference, alias, why)).rejects.toMatchObject({ code })
    expect((await showModel(ctx, 'churn')).history).toEqual([])
  })

  it('refuses a version that would break the callers of the present one, unless forced', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await registerModel(ctx, registration('a'))
    const input = { recency_days: { type: 'number', min: 5 }, age: { type: 'integer' } }
    await registerModel(ctx, registration('b', { contract: parseModelContract({ ...smallContract, input }) }))
    await promote(ctx, 'churn@1', 'champion', reason)
    await expect(promote(ctx, 'churn@2', 'champion', reason)).rejects.toMatchObject({
      code: 'models.interface_changed',
      kind: 'check',
      message: expect.stringContaining(
        'recency_days must now be at least 5; age is a new input that must not be missing',
      ) as string,
    })
    expect((await resolveModel(ctx, 'churn@champion')).version).toBe(1)
    await promote(ctx, 'churn@2', 'champion', { ...reason, force: true })
    expect((await resolveModel(ctx, 'churn@champion')).version).toBe(2)
  })

  it('keeps one unbroken history when processes promote at once', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    for (const seed of ['a', 'b', 'c']) await registerModel(ctx, registration(seed))
    await Promise.all([child('promote', ctx.file, '0', '15'), child('promote', ctx.file, '1', '15')])
    const { history, aliases } = await showModel(ctx, 'churn')
    expect(new Set(history.map((event) => event.who)).size).toBe(2)
    const links = history.slice(1).map((event, i) => [history[i]!.to, event.from])
    expect(links.filter(([to, from]) => to !== from)).toEqual([])
    expect(aliases['champion']).toBe(history.at(-1)!.to)
    const numbers = await ctx.database
      .tables<ModelsTables>()
      .selectFrom('alias_events')
      .select('number')
      .orderBy('number')
      .execute()
    expect(numbers.map((row) => row.number)).toEqual(history.map((_, i) => i + 1))
  })

  it('goes back by the order of the changes, not by clocks that disagree', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    for (const seed of ['a', 'b', 'c']) await registerModel(ctx, registration(seed))
    const at = (time: string) => ({ ...ctx, clock: { now: () => new Date(time) } })
    await promote(at('2026-01-03'), 'churn@1', 'champion', reason)
    await promote(at('2026-01-02'), 'churn@2', 'champion', reason)
    await promote(at('2026-01-01'), 'churn@3', 'champion', reason)
    expect((await showModel(ctx, 'churn')).history.map((event) => event.to)).toEqual([1, 2, 3])
    expect((await rollback(ctx, 'churn', 'champion', reason)).version.version).toBe(2)
  })

  it('promotes at once within one process too', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    for (const seed of ['a', 'b', 'c']) await registerModel(ctx, registration(seed))
    await Promise.all([1, 2, 3, 1, 2].map((version) => promote(ctx, `churn@${version}`, 'champion', reason)))
    const { history, aliases } = await showModel(ctx, 'churn')
    expect(aliases['champion']).toBe(history.at(-1)!.to)
  })
})

describe('readAliasHistory', () => {
  it('is what a stack of promotions would hold', () => {
    const action = oneof(
      record({ action: constant('promote' as const), to: integer({ min: 1, max: 5 }) }),
      constant({ action: 'rollback' as const }),
    )
    assert(
      property(array(action, { maxLength: 30 }), (actions) => {
        const stack: number[] = []
        const events: { action: 'promote' | 'rollback'; from: number | undefined; to: number }[] = []
        for (const each of actions) {
          const from = stack.at(-1)
          if (each.action === 'promote') {
            if (each.to === from) continue
            stack.push(each.to)
            events.push({ action: 'promote', from, to: each.to })
          } else if (stack.length >= 2) {
            stack.pop()
            events.push({ action: 'rollback', from, to: stack.at(-1)! })
          }
        }
        const read = readAliasHistory(
          events.map((event) => ({ ...event, alias: 'champion', who: 'a', why: 'b', at: '' })),
        )
        expect(read).toEqual({ stack, current: stack.at(-1) })
      }),
    )
  })
})

describe('listModels', () => {
  it('gives pages by name', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    for (const name of ['c', 'a', 'b'])
      await registerModel(ctx, registration(name, { contract: { ...smallContract, name }, facts: smallFacts }))
    const first = await listModels(ctx, { limit: 2 })
    expect(first.items.map((model) => model.name)).toEqual(['a', 'b'])
    expect(first.next).toBe('b')
    expect((await listModels(ctx, { limit: 2, after: 'b' })).items.map((model) => model.name)).toEqual(['c'])
    await expect(showModel(ctx, 'd')).rejects.toMatchObject({ code: 'models.not_found', hint: 'Models here: a, b, c.' })
  })
})
