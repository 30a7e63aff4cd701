import { array, asyncProperty, assert, constantFrom, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { createLoggedModel, createRun, getLoggedModel } from '../tracking/index.ts'
import {
  createModel,
  createVersion,
  deleteModel,
  deleteVersion,
  describeVersion,
  findModel,
  getModel,
  latestVersions,
  promote,
  registerModel,
  removeAlias,
  renameModel,
  resolveModel,
  resolveVersion,
  rollback,
  searchModels,
  searchVersions,
  setAlias,
  setModelTag,
  setStage,
  setVersionTag,
  showModel,
  verifyModels,
} from './index.ts'
import { openRegistry, reason, registration, type TestRegistry } from './registry.fixture.ts'

const s3 = (name: string) => `s3://bucket/${name}`

/** A model with a version of the gate and one of a client: churn@1 and churn@2. */
async function mixed(ctx: TestRegistry): Promise<void> {
  await registerModel(ctx, registration('a'))
  await createVersion(ctx, { model: 'churn', source: s3('b'), user: 'ana' })
}

describe('a model and its versions of clients', () => {
  it('count together with those of the gate, and are told apart', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await mixed(ctx)
    expect((await registerModel(ctx, registration('c'))).version.version).toBe(3)
    const { versions, latestVersion } = await showModel(ctx, 'churn')
    expect(latestVersion).toBe(3)
    expect(versions.map(({ version, origin, user }) => [version, origin, user])).toEqual([
      [3, 'gate', undefined],
      [2, 'client', 'ana'],
      [1, 'gate', undefined],
    ])
    const gated = await resolveModel(ctx, 'churn@1')
    expect(gated.tags).toEqual({
      'baton.contract.digest': gated.contractDigest,
      'baton.contract.holds': 'true',
      'baton.model.digest': gated.modelDigest,
    })
    expect(gated.location).toBe(`mlflow-artifacts:/models/${gated.modelDigest.slice(7)}`)
    expect((await resolveVersion(ctx, 'churn@2')).tags).toEqual({})
  })

  it('that no gate has judged are nothing to predict with', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await mixed(ctx)
    await expect(resolveModel(ctx, 'churn@2')).rejects.toMatchObject({ code: 'models.not_gated' })
    expect(await findModel(ctx, 'churn@2')).toBeUndefined()
    expect((await resolveVersion(ctx, 'churn')).source).toBe(s3('b'))
  })

  it('are deleted for good: the number is not used again, aliases go, the same model can be registered anew', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await mixed(ctx)
    await promote(ctx, 'churn@1', 'challenger', reason)
    await deleteVersion(ctx, { model: 'churn', version: 1 }, reason)
    await expect(resolveVersion(ctx, 'churn@1')).rejects.toMatchObject({ code: 'models.version_not_found' })
    expect((await getModel(ctx, 'churn')).aliases).toEqual({})
    expect((await registerModel(ctx, registration('a'))).version.version).toBe(3)
    await deleteVersion(ctx, { model: 'churn', version: 3 }, reason)
    expect((await resolveVersion(ctx, 'churn')).version).toBe(2)
    expect((await showModel(ctx, 'churn')).history.map((event) => [event.action, event.to])).toEqual([
      ['promote', 1],
      ['remove', undefined],
    ])
  })

  it('keep their history when the model is renamed or deleted, and free its name', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await mixed(ctx)
    await promote(ctx, 'churn@1', 'champion', reason)
    await setModelTag(ctx, 'churn', { key: 'team', value: 'crm' })
    await renameModel(ctx, 'churn', 'Churn EU')
    expect(await resolveModel(ctx, 'Churn EU@champion')).toMatchObject({ version: 1, model: 'Churn EU' })
    expect(await getModel(ctx, 'Churn EU')).toMatchObject({ tags: { team: 'crm' }, aliases: { champion: 1 } })
    await deleteModel(ctx, 'Churn EU')
    await expect(getModel(ctx, 'Churn EU')).rejects.toMatchObject({ code: 'models.not_found' })
    expect((await searchVersions(ctx, { limit: 10 })).items).toEqual([])
    expect((await createModel(ctx, { name: 'Churn EU' })).tags).toEqual({})
    await deleteModel(ctx, 'Churn EU')
    await createModel(ctx, { name: 'Churn EU' })
    expect((await createVersion(ctx, { model: 'Churn EU', source: s3('x') })).version).toBe(1)
    const rows = await ctx.database
      .tables<{ alias_events: { model: string } }>()
      .selectFrom('alias_events')
      .selectAll()
      .execute()
    expect(rows.map((row) => row.model)).toEqual([expect.stringMatching(/^Churn EU\/deleted\//)])
  })

  it('have stages, of which the newest version each is found', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await createModel(ctx, { name: 'm' })
    for (let i = 0; i < 4; i += 1) await createVersion(ctx, { model: 'm', source: s3(`${i}`) })
    await setStage(ctx, { model: 'm', version: 1 }, { stage: 'PRODUCTION', archiveOthers: false })
    await setStage(ctx, { model: 'm', version: 2 }, { stage: 'Production', archiveOthers: true })
    const latest = await latestVersions(ctx, 'm')
    expect(Object.fromEntries(latest.map((version) => [version.stage, version.version]))).toEqual({
      Archived: 1,
      Production: 2,
      None: 4,
    })
    expect((await latestVersions(ctx, 'm', ['staging'])).length).toBe(0)
    await expect(latestVersions(ctx, 'm', ['live'])).rejects.toMatchObject({ code: 'models.invalid_stage' })
    const wrong = setStage(ctx, { model: 'm', version: 9 }, { stage: 'Staging', archiveOthers: true })
    await expect(wrong).rejects.toMatchObject({ code: 'models.version_not_found' })
  })
})

describe('aliases of clients', () => {
  const version = (number: number) => ({ model: 'churn', version: number })

  it('are not for a release on what no gate has judged, where there is a contract', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await mixed(ctx)
    for (const alias of ['champion', 'Champion'])
      await expect(setAlias(ctx, version(2), alias, reason)).rejects.toMatchObject({ code: 'models.gate_required' })
    expect((await setAlias(ctx, version(2), 'trial', reason)).event).toMatchObject({ action: 'set', to: 2 })
    await setAlias(ctx, version(1), 'champion', reason)
    await deleteVersion(ctx, version(1), reason)
    await expect(setAlias(ctx, version(2), 'champion', reason)).rejects.toMatchObject({ code: 'models.gate_required' })
    await promote(ctx, 'churn@2', 'champion', { ...reason, force: true })
    expect((await resolveVersion(ctx, 'churn@champion')).version).toBe(2)
  })

  it('are free on a model without a contract, and where the project names other release aliases', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await mixed(ctx)
    await createModel(ctx, { name: 'free' })
    await createVersion(ctx, { model: 'free', source: s3('x') })
    await setAlias(ctx, { model: 'free', version: 1 }, 'champion', reason)
    const other = { ...ctx, gatedAliases: ['live'] }
    await setAlias(other, version(2), 'champion', reason)
    await expect(setAlias(other, version(2), 'live', reason)).rejects.toMatchObject({ code: 'models.gate_required' })
  })

  it('are taken away and given back by a rollback, past versions that are gone', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await createModel(ctx, { name: 'churn' })
    for (let i = 0; i < 3; i += 1) await createVersion(ctx, { model: 'churn', source: s3(`${i}`) })
    for (const number of [1, 2, 3]) await setAlias(ctx, version(number), 'champion', reason)
    expect(await removeAlias(ctx, 'churn', 'nobody', reason)).toBeUndefined()
    expect(await removeAlias(ctx, 'churn', 'champion', reason)).toMatchObject({ from: 3, to: undefined })
    expect((await rollback(ctx, 'churn', 'champion', reason)).version.version).toBe(3)
    await deleteVersion(ctx, version(2), reason)
    expect((await rollback(ctx, 'churn', 'champion', reason)).version.version).toBe(1)
    await expect(rollback(ctx, 'churn', 'champion', reason)).rejects.toMatchObject({
      code: 'models.nothing_to_roll_back',
    })
  })

  it('are at every time what their history says, whatever is done in whatever order', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    let turn = 0
    const step = record({
      what: constantFrom('set', 'remove', 'rollback', 'delete', 'add'),
      number: constantFrom(1, 2, 3, 4),
    })
    await assert(
      asyncProperty(array(step, { maxLength: 25 }), async (steps) => {
        const model = `m${(turn += 1)}`
        await createModel(ctx, { name: model })
        for (let i = 0; i < 3; i += 1) await createVersion(ctx, { model, source: s3(`${i}`) })
        const expected: { stack: number[]; current: number | undefined } = { stack: [], current: undefined }
        const gone = new Set<number>()
        let last = 3
        for (const { what, number } of steps) {
          const key = { model, version: number }
          if (what === 'add') last = (await createVersion(ctx, { model, source: s3('n') })).version
          else if (what === 'set' && number <= last && !gone.has(number)) {
            await setAlias(ctx, key, 'a', reason)
            if (expected.stack.at(-1) !== number) expected.stack.push(number)
            expected.current = number
          } else if (what === 'remove') {
            await removeAlias(ctx, model, 'a', reason)
            expected.current = undefined
          } else if (what === 'delete' && number <= last && !gone.has(number)) {
            await deleteVersion(ctx, key, reason)
            gone.add(number)
            if (expected.current === number) expected.current = undefined
          } else if (what === 'rollback') {
            const before = expected.current === undefined ? expected.stack : expected.stack.slice(0, -1)
            const target = before.findLast((each) => !gone.has(each) && each !== expected.current)
            const moved = await rollback(ctx, model, 'a', reason).catch(() => undefined)
            expect(moved?.version.version).toBe(target)
            if (target === undefined) continue
            while (expected.stack.at(-1) !== target) expected.stack.pop()
            expected.current = target
          }
        }
        expect((await getModel(ctx, model)).aliases['a']).toBe(expected.current)
        const folders = {
          has: async () => true,
          restore: async () => undefined,
          store: () => Promise.reject(new Error('no')),
        }
        const { problems } = await verifyModels({ ...ctx, folders, temporaryFolder: ctx.folder })
        expect(problems).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

describe('where a version comes from', () => {
  const artifactUri = (id: string) => `mlflow-artifacts:/0/${id}/artifacts`

  async function sources(ctx: TestRegistry) {
    await createModel(ctx, { name: 'm' })
    const run = await createRun(ctx, { experimentId: '0', tags: {}, artifactUri })
    const logged = await createLoggedModel(ctx, {
      experimentId: '0',
      sourceRunId: run.id,
      params: {},
      tags: {},
      artifactUri: (id) => `mlflow-artifacts:/0/models/${id}/artifacts`,
    })
    return { runId: run.id, logged }
  }

  it('is resolved to where its files are', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const { runId, logged } = await sources(ctx)
    const create = async (source: string, more: object = {}) =>
      await createVersion(ctx, { model: 'm', source, ...more })
    const root = artifactUri(runId)
    expect(await create(`${root}/model`, { runId })).toMatchObject({ location: `${root}/model`, runId })
    expect(await create(`runs:/${runId}/model`)).toMatchObject({ location: `${root}/model`, runId })
    expect(await create(`models:/${logged.id}`, { loggedModelId: logged.id })).toMatchObject({
      location: logged.artifactUri,
      runId,
      loggedModelId: logged.id,
    })
    expect((await getLoggedModel(ctx, logged.id)).tags['mlflow.modelVersions']).toBe('[{"name":"m","version":"3"}]')
    expect(await create('s3://bucket/a%20b')).toMatchObject({ location: 's3://bucket/a%20b', runId: undefined })
    await setAlias(ctx, { model: 'm', version: 3 }, 'best', reason)
    const copies = [await create('models:/m@best'), await create('models:/m/3'), await create('models:/m/latest')]
    expect(copies.map((copy) => [copy.source, copy.location, copy.loggedModelId])).toEqual([
      ['models:/m/3', logged.artifactUri, logged.id],
      ['models:/m/3', logged.artifactUri, logged.id],
      ['models:/m/6', logged.artifactUri, logged.id],
    ])
  })

  it.each([
    'mlflow-artifacts:/0/other/artifacts/model',
    'mlflow-artifacts:/0',
    'http://127.0.0.1:5000/api/2.0/mlflow-artifacts/artifacts/0/x',
    '/etc/passwd',
    'C:\\data',
    'file:///etc',
    'relative/path',
    's3://bucket/../x',
    's3://bucket/%2e%2e/x',
    's3://bucket/%252e%252e/x',
    's3://bucket/a%00',
    's3://bucket/%',
    'models:/m-00000000000000000000000000000000',
    'models:/m/9',
    'models:/m@nobody',
    'models:/nothing/1',
    'models://host/m/1',
    'models:/m/../1',
    'runs:/00000000000000000000000000000000/model',
    'dummy-source',
  ])('is refused when nobody could vouch for it: %s', async (source) => {
    await using ctx = await openRegistry(openTestDatabase)
    await sources(ctx)
    await expect(createVersion(ctx, { model: 'm', source })).rejects.toMatchObject({
      name: expect.any(String) as string,
      code: expect.stringMatching(/^models\./) as string,
    })
    expect((await searchVersions(ctx, { limit: 10 })).items).toEqual([])
  })
})

describe('the search', () => {
  it('finds what its filter says, page by page, each once', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    for (let i = 0; i < 25; i += 1) {
      await createModel(ctx, { name: `m-${String(i).padStart(2, '0')}`, tags: { half: i < 12 ? 'first' : 'second' } })
    }
    const found: string[] = []
    let pageToken: string | undefined
    do {
      const page = await searchModels(ctx, {
        filter: "tags.half = 'second' and name LIKE 'm-%'",
        orderBy: ['name DESC'],
        limit: 4,
        ...(pageToken === undefined ? {} : { pageToken }),
      })
      found.push(...page.items.map((model) => model.name))
      pageToken = page.next
    } while (pageToken !== undefined)
    expect(found).toEqual(Array.from({ length: 13 }, (_, i) => `m-${24 - i}`))
  })

  it('treats the marks of SQL and of LIKE in a value as text where they are text', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    for (const name of ["it's", 'a%b', 'a_b', 'a!b', 'axb']) await createModel(ctx, { name })
    const names = async (filter: string) =>
      (await searchModels(ctx, { filter, limit: 10 })).items.map((model) => model.name)
    expect(await names(`name = "it's"`)).toEqual(["it's"])
    expect(await names("name = 'a%b'")).toEqual(['a%b'])
    expect(await names("name LIKE 'a_b'")).toEqual(['a!b', 'a%b', 'a_b', 'axb'])
    expect(await names("name LIKE 'a!b'")).toEqual(['a!b'])
    expect(await names("name = 'x'' OR 1=1 --'")).toEqual([])
    expect(await names("name = 'axb' or name = 'a_b'")).toEqual(['a_b', 'axb'])
  })

  it('finds prompts, which are kept as models, only when the filter asks for them', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await createModel(ctx, { name: 'model' })
    await createModel(ctx, { name: 'prompt', tags: { 'mlflow.prompt.is_prompt': 'true' } })
    const names = async (filter: string) =>
      (await searchModels(ctx, { filter, limit: 10 })).items.map((model) => model.name)
    const tag = 'tags.`mlflow.prompt.is_prompt`'
    expect(await names('')).toEqual(['model'])
    expect(await names(`${tag} = 'true'`)).toEqual(['prompt'])
    expect(await names(`${tag} != 'true' and name like '%'`)).toEqual(['model'])
    expect(await names(`${tag} = 'false'`)).toEqual(['model'])
  })

  it('finds the versions that passed a gate by their tag, which nobody else can write', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    await mixed(ctx)
    const { items } = await searchVersions(ctx, { filter: "tags.`baton.contract.holds` = 'true'", limit: 10 })
    expect(items.map((version) => version.version)).toEqual([1])
    const forge = setVersionTag(ctx, { model: 'churn', version: 2 }, { key: 'baton.contract.holds', value: 'true' })
    await expect(forge).rejects.toMatchObject({ code: 'models.reserved_tag' })
    const forged = createVersion(ctx, { model: 'churn', source: s3('x'), tags: { 'baton.contract.holds': 'true' } })
    await expect(forged).rejects.toMatchObject({ code: 'models.reserved_tag' })
    const copied = await createVersion(ctx, {
      model: 'churn',
      source: 'models:/churn/1',
      tags: { 'baton.contract.holds': 'true', a: 'b' },
    })
    expect(copied.tags).toEqual({ a: 'b' })
  })

  it('shows the last changed version first', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    let now = Date.parse('2026-01-01')
    const ticking = { ...ctx, clock: { now: () => new Date((now += 1000)) } }
    await createModel(ticking, { name: 'm' })
    for (const name of ['a', 'b', 'c']) await createVersion(ticking, { model: 'm', source: s3(name) })
    await describeVersion(ticking, { model: 'm', version: 2 }, 'touched')
    const { items } = await searchVersions(ticking, { limit: 10 })
    expect(items.map((version) => version.version)).toEqual([2, 3, 1])
  })
})
