import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, describe, expect, it } from 'vitest'

import type { ColumnBatch } from '../../ports/table-engine.ts'
import { createModelRuntime } from './index.ts'
import { readMlModel } from './mlmodel.ts'

const foreign = fileURLToPath(new URL('./onnx/foreign/', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'baton-runtime-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Expected {
  readonly data: Readonly<Record<'a' | 'b' | 'c' | 'n', readonly number[]>> & { readonly s: readonly string[] }
  readonly matrix: readonly number[]
  readonly regression: readonly number[]
  readonly columns: readonly number[]
}
const expected = JSON.parse(readFileSync(join(foreign, 'expected.json'), 'utf8')) as Expected
const numbers = (name: 'a' | 'b' | 'c' | 'n'): Float64Array => Float64Array.from(expected.data[name])
const batch: ColumnBatch = {
  rows: expected.data.a.length,
  columns: { a: numbers('a'), b: numbers('b'), c: numbers('c'), n: numbers('n'), s: expected.data.s },
}

const runtime = createModelRuntime({ python: join(scratch, 'no-python') })
const load = (name: string) => runtime.load(join(foreign, name))

describe('ONNX models of a Python script', () => {
  it.each([
    ['matrix', 'matrix', 'binary'],
    ['matrix-zipmap', 'matrix', 'binary'],
    ['regression', 'regression', 'regression'],
    ['columns', 'columns', 'binary'],
  ] as const)('%s scores as scikit-learn did', async (folder, key, task) => {
    await using model = await load(folder)
    expect(model.signature.task).toBe(task)
    const scores = await model.predict(batch)
    expect(scores).toHaveLength(batch.rows)
    scores.forEach((score, row) => expect(score).toBeCloseTo(expected[key][row]!, 6))
  })

  it('tell their columns and which may be missing', async () => {
    await using model = await load('columns')
    expect(model.signature.inputs).toEqual([
      { name: 'a', type: 'number', nullable: true },
      { name: 'n', type: 'integer', nullable: false },
      { name: 's', type: 'string', nullable: true },
    ])
    const holes = { ...batch, columns: { ...batch.columns, n: Float64Array.of(1, Number.NaN, 1, 1) } }
    await expect(model.predict(holes)).rejects.toMatchObject({ code: 'runtime.scoring' })
  })

  it.each([
    ['matrix-without-order', 'nothing says which columns'],
    ['matrix-wrong-order', 'a matrix of 3 columns, but 2 features are listed'],
  ])('%s is refused, because its columns are not clear', async (folder, message) => {
    const error: unknown = await load(folder).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'runtime.signature', message: expect.stringContaining(message) as string })
  })

  it('take the order of the columns from an MLmodel signature', async () => {
    const folder = join(scratch, 'mlflow')
    cpSync(join(foreign, 'matrix-without-order'), folder, { recursive: true })
    // As PyYAML folds long texts: over several lines, with doubled quotes.
    const columns = `[{"type": "float", "name": "a", "required": true}, {"type": "float",\n    "name": "b", "required": false}, {"type": "float", "name": "c", "required": true}]`
    writeFileSync(
      join(folder, 'MLmodel'),
      `flavors:\n  onnx:\n    data: model.onnx\n    providers:\n    - CPUExecutionProvider\n  python_function:\n    data: model.onnx\n    loader_module: mlflow.onnx\nmodel_uuid: 1\nsignature:\n  inputs: '${columns}'\n  outputs: null\n  params: null\n`,
    )
    expect(readMlModel(folder)).toMatchObject({ flavors: ['onnx', 'python_function'], onnxData: 'model.onnx' })
    await using model = await runtime.load(folder)
    expect(model.signature.inputs.map(({ name, nullable }) => [name, nullable])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ])
    const scores = await model.predict(batch)
    scores.forEach((score, row) => expect(score).toBeCloseTo(expected.matrix[row]!, 6))
  })

  it('ignore columns beyond their inputs and name a missing one', async () => {
    await using model = await load('matrix')
    const { b: _, ...columns } = batch.columns
    await expect(model.predict({ rows: batch.rows, columns })).rejects.toMatchObject({
      code: 'runtime.missing_input',
      where: { field: 'b' },
    })
    const text = { ...batch.columns, b: ['1', '2', '3', '4'] }
    await expect(model.predict({ rows: batch.rows, columns: text })).rejects.toMatchObject({
      code: 'runtime.input_type',
    })
  })

  it('score many rows and none', async () => {
    await using model = await load('matrix')
    const rows = 5000
    const repeat = (name: 'a' | 'b' | 'c') =>
      Float64Array.from({ length: rows }, (_, row) => expected.data[name][row % 4]!)
    const scores = await model.predict({ rows, columns: { a: repeat('a'), b: repeat('b'), c: repeat('c') } })
    scores.forEach((score, row) => expect(score).toBeCloseTo(expected.matrix[row % 4]!, 6))
    const empty = { a: new Float64Array(0), b: new Float64Array(0), c: new Float64Array(0) }
    expect(await model.predict({ rows: 0, columns: empty })).toHaveLength(0)
  })
})

describe('what is no model', () => {
  it('is refused with what to do', async () => {
    const empty = mkdtempSync(join(scratch, 'empty-'))
    await expect(runtime.load(empty)).rejects.toMatchObject({ code: 'runtime.not_a_model' })
    writeFileSync(join(empty, 'model.onnx'), 'ZipMap and other words that are not protobuf')
    await expect(runtime.load(empty)).rejects.toMatchObject({ code: 'runtime.not_a_model' })
    cpSync(join(foreign, 'matrix'), empty, { recursive: true })
    writeFileSync(join(empty, 'baton-model.json'), '{"features": 3}')
    await expect(runtime.load(empty)).rejects.toMatchObject({ code: 'runtime.not_a_model' })
  })

  it('a python_function model without Python says which interpreter is missing', async () => {
    const folder = mkdtempSync(join(scratch, 'pyfunc-'))
    writeFileSync(join(folder, 'MLmodel'), 'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n')
    await expect(runtime.load(folder)).rejects.toMatchObject({
      code: 'runtime.python_unavailable',
      message: expect.stringContaining('no-python') as string,
    })
  })

  const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find((path) => existsSync(path))
  it.skipIf(python === undefined)(
    'and without mlflow says how to install it (skipped where no python3 is)',
    async () => {
      const folder = mkdtempSync(join(scratch, 'pyfunc-'))
      writeFileSync(join(folder, 'MLmodel'), 'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n')
      // -I and an empty path keep out whatever is installed on this machine.
      const bare = createModelRuntime({
        python: python!,
        env: { PYTHONNOUSERSITE: '1', PYTHONPATH: join(scratch, 'shadow') },
      })
      cpSync(join(foreign, 'expected.json'), join(scratch, 'shadow', 'x.json'))
      writeFileSync(join(scratch, 'shadow', 'mlflow.py'), 'raise ImportError("No module named mlflow")')
      await expect(bare.load(folder)).rejects.toMatchObject({
        code: 'runtime.python_unavailable',
        hint: expect.stringContaining('pip install mlflow') as string,
      })
    },
  )
})
