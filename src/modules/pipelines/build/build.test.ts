import { describe, expect, expectTypeOf, test } from 'vitest'

import type { Handle } from '../graph.ts'
import { declareProcess, python, shell, variableName } from './declare-process.ts'
import { inlineSource } from './inline-source.ts'
import { files, model, report, table, value } from './outputs.ts'
import { createStepScope, type GraphScope } from './scope.ts'
import { step } from './step-function.ts'

function scope(): GraphScope {
  return createStepScope({ pipeline: 'churn', file: 'pipelines/churn.ts', params: { days: 30 } })
}

describe('the graph', () => {
  test('keeps the order of declaration and everything that was declared', () => {
    const p = scope()
    const { output } = declareProcess(p, 'b', { run: shell('b'), retries: 2, timeoutMs: 5000, cache: false })
    declareProcess(p, 'a', {
      run: python('a.py', '-v'),
      inputs: { b: output },
      params: ['days'],
      env: ['X', { env: 'Y', default: '1' }],
    })
    expect(p.toGraph()).toEqual({
      pipeline: 'churn',
      file: 'pipelines/churn.ts',
      params: { days: 30 },
      steps: [
        {
          name: 'b',
          kind: 'process',
          inputs: {},
          outputs: { output: 'files' },
          options: { env: [], datasets: {} },
          code: { language: 'shell', command: 'b' },
          retries: 2,
          timeoutMs: 5000,
          cached: false,
        },
        {
          name: 'a',
          kind: 'process',
          inputs: { b: { kind: 'files', step: 'b', output: 'output' } },
          outputs: { output: 'files' },
          options: { env: [{ env: 'X' }, { env: 'Y', default: '1' }], datasets: {} },
          code: { language: 'python', file: 'a.py', args: ['-v'] },
          params: ['days'],
          retries: 0,
          cached: true,
        },
      ],
    })
  })

  test.each(['', 'Train', '1st', 'a b', 'ä', '-a'])('refuses the step name %j', (name) => {
    expect(() => declareProcess(scope(), name, { run: shell('') })).toThrow(/is not allowed/)
  })

  test('refuses a second step of the same name, an empty pipeline, and odd numbers', () => {
    const p = scope()
    declareProcess(p, 'a', { run: shell('') })
    expect(() => declareProcess(p, 'a', { run: shell('') })).toThrow(/Two steps of pipeline churn are called "a"/)
    expect(() => scope().toGraph()).toThrow(/has no steps/)
    expect(() => declareProcess(p, 'b', { run: shell(''), retries: 1.5 })).toThrow(/retries 1.5/)
    expect(() => declareProcess(p, 'b', { run: shell(''), timeoutMs: 0 })).toThrow(/timeout of 0 ms/)
  })

  test('refuses inputs that no earlier step of the same pipeline makes', () => {
    const other = declareProcess(scope(), 'elsewhere', { run: shell('') })
    expect(() => declareProcess(scope(), 'a', { run: shell(''), inputs: { x: other.output } })).toThrow(
      /no earlier step makes it/,
    )
    const p = scope()
    const a = declareProcess(p, 'a', { run: shell('') })
    expect(() => declareProcess(p, 'b', { run: shell(''), inputs: { a: a as never } })).toThrow(
      expect.objectContaining({ hint: 'Step a gives its outputs by name: pass one of them, as .output.' }),
    )
    const wrong: Handle<'table'> = { kind: 'table', step: 'a', output: 'output' }
    expect(() => declareProcess(p, 'b', { run: shell(''), inputs: { wrong } })).toThrow(/has no table output "output"/)
  })

  test('refuses a param that the pipeline does not declare and names the nearest', () => {
    const declare = (): unknown => declareProcess(scope(), 'a', { run: shell(''), params: ['day'] })
    expect(declare).toThrow(expect.objectContaining({ hint: 'Did you mean "days"?' }))
  })

  test('refuses two names that would share a variable, and code that is none', () => {
    const p = scope()
    const outputs = { 'a-b': files(), a_b: files() }
    expect(() => declareProcess(p, 'x', { run: shell(''), outputs })).toThrow(/share the variable BATON_OUTPUT_A_B/)
    expect(() => declareProcess(p, 'x', { run: 'src/x.py' })).toThrow(
      expect.objectContaining({ hint: "Write `run: python('src/x.py')`." }),
    )
    // oxlint-disable-next-line no-extra-bind -- a bound function has no source, which is the point
    const bound = ((): void => undefined).bind(undefined)
    expect(() => declareProcess(p, 'x', { run: bound })).toThrow(/function without source/)
    expect(variableName('train-set')).toBe('TRAIN_SET')
  })

  test('a table output becomes a dataset of the step, of step and output, or of the name that it is given', () => {
    const p = scope()
    declareProcess(p, 'one', { run: shell(''), outputs: { output: table() } })
    declareProcess(p, 'two', { run: shell(''), outputs: { a: table(), b: table({ dataset: 'mine' }), c: value() } })
    expect(p.toGraph().steps.map((node) => node.options)).toEqual([
      { env: [], datasets: { output: 'one' } },
      { env: [], datasets: { a: 'two-a', b: 'mine' } },
    ])
  })
})

describe('types', () => {
  test('handles carry the kind of their output, and wrong wiring does not type-check', () => {
    const p = scope()
    const made = declareProcess(p, 'make', {
      run: shell(''),
      outputs: { features: table(), model: model(), report: report() },
    })
    expectTypeOf(made.features).toEqualTypeOf<Handle<'table'>>()
    expectTypeOf(made.model).toEqualTypeOf<Handle<'model'>>()
    expectTypeOf(declareProcess(p, 'plain', { run: shell('') }).output).toEqualTypeOf<Handle<'files'>>()
    const takesModel = (handle: Handle<'model'>): string => handle.output
    expect(takesModel(made.model)).toBe('model')
    // @ts-expect-error a table is not a model
    expect(takesModel(made.features)).toBe('features')
    // @ts-expect-error the step has no such output
    expect(made.featuers).toBeUndefined()
    // @ts-expect-error an edge is a handle, never a name
    expect(() => declareProcess(p, 'named', { run: shell(''), inputs: { x: 'make' } })).toThrow()
  })

  test('a function sees its own inputs and outputs by kind', () => {
    const p = scope()
    const { features } = declareProcess(p, 'make', { run: shell(''), outputs: { features: table() } })
    declareProcess(p, 'use', {
      inputs: { features },
      outputs: { score: value(), folder: files() },
      run({ inputs, outputs, params }) {
        expectTypeOf(inputs.features.parquet).toEqualTypeOf<readonly string[]>()
        expectTypeOf(outputs.folder.path).toEqualTypeOf<string>()
        outputs.score.write(params.days ?? null)
        // @ts-expect-error a folder is not written as a value
        outputs.folder.write(1)
        // @ts-expect-error there is no such input
        return inputs.model
      },
    })
    step<{ inputs: { train: 'table' }; outputs: { model: 'model' } }>(({ inputs, outputs }) => {
      expectTypeOf(inputs.train.parquet).toEqualTypeOf<readonly string[]>()
      expectTypeOf(outputs.model.path).toEqualTypeOf<string>()
    })
    expect(p.toGraph().steps).toHaveLength(2)
  })
})

describe('inlineSource', () => {
  const object = {
    method(this: void, x: number) {
      return x + 1
    },
    async slow(this: void, x: number) {
      return Promise.resolve(x + 1)
    },
    ['computed name'](this: void, x: number) {
      return x + 1
    },
  }
  function declared(x: number): number {
    return x + 1
  }
  test.each<[string, (x: number, y?: number) => unknown]>([
    ['arrow', (x) => x + 1],
    ['arrow of one name', (x) => x + 1],
    ['arrow with a default', (x, y = ((z: number) => z)(1)) => x + y],
    ['async arrow', async (x) => Promise.resolve(x + 1)],
    ['function', declared],
    ['method', object.method],
    ['async method', object.slow],
    ['computed method', object['computed name']],
  ])('gives an expression for a function written as %s', async (_, run) => {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the text is that of the function above
    const again = new Function(`return (${inlineSource(run)})`)() as typeof run
    expect(await again(1)).toBe(2)
  })
})
