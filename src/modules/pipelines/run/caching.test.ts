import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { openTestDatabase } from '../../../drivers/database/test-database.fixture.ts'
import type { Json } from '../../../kernel/json.ts'
import type { Database } from '../../../ports/database.ts'
import type { Graph, Handle } from '../graph.ts'
import { addValueStep, createValueKind, openTestProject, testScope } from '../pipelines.fixture.ts'
import { runPipeline } from './run-pipeline.ts'

/** How a step of the test sums up its inputs: coarse, so that a change is often cut off. */
function sumUp(own: number, inputs: readonly number[]): number {
  return Math.floor((own + inputs.reduce((sum, value) => sum + value, 0)) / 2)
}

test('over any graph and any edits, exactly the steps run whose file and inputs were never seen together', async () => {
  const stories = fc.record({
    /** For each step, which earlier steps it reads. */
    reads: fc.array(fc.array(fc.nat(6), { maxLength: 3 }), { minLength: 1, maxLength: 7 }),
    /** Edits: a step's file gets a number. */
    edits: fc.array(fc.tuple(fc.nat(6), fc.nat(3)), { maxLength: 5 }),
    jobs: fc.integer({ min: 1, max: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(stories, async ({ reads, edits, jobs }) => {
      const sources = reads.map((from, index) => [...new Set(from.filter((source) => source < index))])
      const kind = createValueKind((ctx) => {
        const own = Number(readFileSync(join(ctx.projectRoot, `${ctx.node.name}.txt`), 'utf8'))
        const values = Object.values(ctx.inputs).map((input) =>
          input.kind === 'value' ? Number(input.value) : Number.NaN,
        )
        return sumUp(own, values)
      })
      await using project = await openTestProject(openTestDatabase, [kind])
      const files = sources.map(() => 0)
      for (const index of files.keys()) project.write(`s${index}.txt`, '0')
      const graph = toGraph(sources)
      const seen = sources.map(() => new Set<string>())
      for (const [step, value] of [[0, 0] as const, ...edits]) {
        if (step < files.length) {
          files[step] = value
          project.write(`s${step}.txt`, String(value))
        }
        kind.ran.length = 0
        const result = await runPipeline(project.ctx, graph, { jobs })
        const values: number[] = []
        const expected: string[] = []
        for (const [index, from] of sources.entries()) {
          const inputs = from.map((source) => values[source]!)
          const situation = JSON.stringify([files[index], inputs])
          if (!seen[index]!.has(situation)) expected.push(`s${index}`)
          seen[index]!.add(situation)
          values.push(sumUp(files[index]!, inputs))
        }
        expect(kind.ran.toSorted()).toEqual(expected)
        expect(result.steps.map((outcome) => valueOf(outcome.outputs.output))).toEqual(values)
      }
    }),
    { numRuns: 25 },
  )
})

function toGraph(sources: readonly (readonly number[])[]): Graph {
  const scope = testScope()
  const handles: Handle<'value'>[] = []
  for (const [index, from] of sources.entries()) {
    const inputs = Object.fromEntries(from.map((source) => [`i${source}`, handles[source]!]))
    handles.push(addValueStep(scope, `s${index}`, { files: [`s${index}.txt`], inputs }))
  }
  return scope.toGraph()
}

function valueOf(output: { readonly kind: string; readonly value?: Json } | undefined): Json | undefined {
  return output?.value
}

/** A database that counts how often it is asked. */
function counting(database: Database): { database: Database; count(): number } {
  let count = 0
  return {
    count: () => count,
    database: {
      ...database,
      tables() {
        count++
        return database.tables()
      },
      transaction(work) {
        count++
        return database.transaction(work)
      },
    },
  }
}

test.each(['wide', 'chain'])(
  'a %s pipeline of 1,000 cached steps asks the database a handful of times',
  async (shape) => {
    await using project = await openTestProject(openTestDatabase, [createValueKind()])
    const scope = testScope()
    let last: Handle<'value'> | undefined
    for (let index = 0; index < 1000; index++) {
      last = addValueStep(scope, `s${index}`, shape === 'chain' && last ? { inputs: { last } } : {})
    }
    await runPipeline(project.ctx, scope.toGraph())
    const counted = counting(project.database)
    const result = await runPipeline({ ...project.ctx, database: counted.database }, scope.toGraph())
    expect(new Set(result.steps.map((step) => step.state))).toEqual(new Set(['cached']))
    expect(counted.count()).toBeLessThan(10)
    expect(project.recorder.cached).toHaveLength(1000)
  },
)
