import type { FieldType, ModelField } from '../../ports/model-runtime.ts'
import type { QualityFacts } from './facts.ts'
import type { FieldSpec } from './field.ts'
import type { ModelContract } from './model-contract.ts'
import {
  answeredBy,
  formatNumber,
  holdLimit,
  type JudgedPromise,
  notMeasured,
  type Side,
  type Verdict,
} from './promise.ts'

const numeric = (type: FieldType) => type === 'number' || type === 'integer'

/** True when values of the contract's type can be given to the model's as they are. */
function fits(given: FieldType, taken: FieldType): boolean {
  return given === taken || (numeric(taken) && (numeric(given) || given === 'boolean'))
}

interface Difference {
  readonly side: Side
  readonly verdict: Verdict
}

function mismatch(name: string, spec: FieldSpec, field: ModelField, data: FieldType | undefined): Difference {
  // Three witnesses: the contract, the model and the data it was tested on. The one that stands alone differs.
  const contractStandsAlone = data !== undefined && fits(data, field.type) && !fits(data, spec.type)
  const side = contractStandsAlone ? 'engineering' : 'data science'
  const why = contractStandsAlone
    ? `the data it was tested on has ${data} too, so the contract differs`
    : data === undefined
      ? 'the model came after the contract, so the model differs'
      : `the data has ${data}, so the model differs`
  const explain = `The contract gives ${name} as ${spec.type}, the model takes ${field.type}; ${why}.`
  const verdict = {
    promise: `input.${name}`,
    promised: spec.type,
    measured: field.type,
    by: null,
    holds: false,
    explain,
  }
  return { side, verdict }
}

function judgeInput(field: ModelField, contract: ModelContract, facts: QualityFacts): Difference | undefined {
  const spec = Object.hasOwn(contract.input, field.name) ? contract.input[field.name] : undefined
  const promise = `input.${field.name}`
  if (spec === undefined)
    return {
      side: 'data science',
      verdict: {
        promise,
        promised: 'not an input of the contract',
        measured: `needed by the model (${field.type})`,
        by: null,
        holds: false,
        explain: `The model needs ${field.name}, which the contract does not promise to give it.`,
      },
    }
  if (!fits(spec.type, field.type)) return mismatch(field.name, spec, field, facts.dataTypes?.[field.name])
  if (spec.nullable === true && !field.nullable)
    return {
      side: 'data science',
      verdict: {
        promise,
        promised: 'may be missing',
        measured: 'must not be missing',
        by: null,
        holds: false,
        explain: `The contract allows ${field.name} to be missing, the model does not take a missing value there.`,
      },
    }
  return undefined
}

function judgeTask(contract: ModelContract, facts: QualityFacts): Verdict | undefined {
  const { signature } = facts
  if (signature === undefined) return undefined
  const positive = signature.output.positive
  if (signature.task !== contract.task)
    return {
      promise: 'task',
      promised: contract.task,
      measured: signature.task,
      by: null,
      holds: false,
      explain: `The contract is for a ${contract.task} model, this one does ${signature.task}.`,
    }
  if (contract.positive === undefined || positive === undefined || positive === contract.positive) return undefined
  return {
    promise: 'positive',
    promised: contract.positive,
    measured: positive,
    by: null,
    holds: false,
    explain: `The contract counts ${contract.positive} as positive, the model gives the probability of ${positive}.`,
  }
}

function judgeScores(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  return Object.entries(contract.output).flatMap(([name, spec]) => {
    if (spec.min === undefined && spec.max === undefined) return []
    const promise = `output.${name}`
    if (facts.scores === undefined)
      return [notMeasured(promise, `${spec.min ?? '…'} to ${spec.max ?? '…'}`, `The range of ${name}`)]
    const limit = { promise, min: spec.min, max: spec.max }
    const low = holdLimit({ ...limit, what: `The smallest ${name}` }, facts.scores.min)
    const high = holdLimit({ ...limit, what: `The largest ${name}` }, facts.scores.max)
    const measured = `${formatNumber(facts.scores.min)} to ${formatNumber(facts.scores.max)}`
    return [
      {
        ...(low.holds ? high : low),
        measured,
        ...(low.holds && high.holds ? { explain: `${name} is within ${high.promised}.` } : {}),
      },
    ]
  })
}

/** What the model takes and gives, against what the contract says it takes and gives. */
export function judgeInterface(contract: ModelContract, facts: QualityFacts): readonly JudgedPromise[] {
  const scores = judgeScores(contract, facts).map((verdict) => answeredBy(contract, 'data science', verdict))
  if (facts.signature === undefined)
    return [
      answeredBy(contract, 'data science', notMeasured('input', 'the inputs of the contract', "The model's signature")),
      ...scores,
    ]
  const task = judgeTask(contract, facts)
  const differences = facts.signature.inputs.flatMap((field) => judgeInput(field, contract, facts) ?? [])
  const inputs = differences.map((difference) => answeredBy(contract, difference.side, difference.verdict))
  const used = facts.signature.inputs.length
  const whole: Verdict = {
    promise: 'input',
    promised: `${Object.keys(contract.input).length} inputs`,
    measured: `the model takes ${used} of them`,
    by: 0,
    holds: true,
    explain: 'The model takes nothing that the contract does not give it.',
  }
  return [
    ...(task === undefined ? [] : [answeredBy(contract, 'data science', task)]),
    ...(inputs.length > 0 ? inputs : [answeredBy(contract, 'data science', whole)]),
    ...scores,
  ]
}
