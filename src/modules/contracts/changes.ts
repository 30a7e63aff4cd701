import type { FieldSpec } from './field.ts'
import type { ModelContract } from './model-contract.ts'

/** One difference that breaks a caller of the older contract. */
export interface BreakingChange {
  readonly path: string
  readonly explain: string
}

function narrowed(name: string, from: FieldSpec, to: FieldSpec): readonly string[] {
  const oneOf = to.oneOf
  const dropped = oneOf === undefined ? [] : (from.oneOf ?? []).filter((value) => !oneOf.includes(value))
  return [
    ...(from.type !== to.type && !(from.type === 'integer' && to.type === 'number')
      ? [`${name} changed from ${from.type} to ${to.type}`]
      : []),
    ...(from.nullable === true && to.nullable !== true ? [`${name} may no longer be missing`] : []),
    ...(to.min !== undefined && (from.min === undefined || from.min < to.min)
      ? [`${name} must now be at least ${to.min}`]
      : []),
    ...(to.max !== undefined && (from.max === undefined || from.max > to.max)
      ? [`${name} must now be at most ${to.max}`]
      : []),
    ...(oneOf !== undefined && from.oneOf === undefined ? [`${name} must now be one of ${oneOf.join(', ')}`] : []),
    ...(dropped.length > 0 ? [`${name} no longer allows ${dropped.join(', ')}`] : []),
    ...(to.pattern !== undefined && to.pattern !== from.pattern ? [`${name} must now match ${to.pattern}`] : []),
    ...(to.maxLength !== undefined && (from.maxLength ?? Infinity) > to.maxLength
      ? [`${name} may now have at most ${to.maxLength} characters`]
      : []),
  ]
}

/** What a caller of the older contract could no longer send or would no longer find; empty when callers need no change. */
export function breakingChanges(from: ModelContract, to: ModelContract): readonly BreakingChange[] {
  const inputs = Object.entries(to.input).flatMap(([name, field]) => {
    const before = Object.hasOwn(from.input, name) ? from.input[name] : undefined
    const explains =
      before === undefined
        ? field.nullable === true
          ? []
          : [`${name} is a new input that must not be missing`]
        : narrowed(name, before, field)
    return explains.map((explain) => ({ path: `input.${name}`, explain }))
  })
  const outputs = Object.keys(from.output)
    .filter((name) => !Object.hasOwn(to.output, name))
    .map((name) => ({ path: `output.${name}`, explain: `the output ${name} is gone` }))
  const task =
    from.task === to.task ? [] : [{ path: 'task', explain: `it is a ${to.task} model now, not ${from.task}` }]
  const positive =
    from.positive === to.positive
      ? []
      : [
          {
            path: 'positive',
            explain: `its score is now for ${to.positive ?? 'the default class'}, not ${from.positive ?? 'the default class'}`,
          },
        ]
  return [...task, ...positive, ...inputs, ...outputs]
}
