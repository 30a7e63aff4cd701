import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ModelSignature } from '../../ports/model-runtime.ts'
import type { FitResult, FittedModel, ModelFeature } from './fitted-model.ts'
import { mlmodelText } from './mlmodel.ts'
import { exportModel, OUTPUT_NAME } from './onnx/export-model.ts'
import type { LearnerSpec } from './spec.ts'

/** How one column is used, for a person to read. */
export interface FeatureNote {
  readonly name: string
  readonly type: string
  /** `0.31` of the total gain, or of the sum of |coefficients|. */
  readonly importance: number
  readonly preprocessing: string
}

export interface ModelFacts {
  readonly signature: ModelSignature
  readonly learner: LearnerSpec
  readonly result: FitResult
  readonly features: readonly ModelFeature[]
  readonly target: string
  readonly trainRows: number
  readonly validationRows: number
  readonly refitted: boolean
  readonly seed: number
  readonly versions: Readonly<Record<string, string>>
}

/** Writes `model.onnx`, `baton-model.json` and `MLmodel` into a folder. Equal facts give equal bytes. */
export function writeModelFolder(folder: string, facts: ModelFacts): void {
  mkdirSync(folder, { recursive: true })
  const version = facts.versions['baton-ml'] ?? ''
  const description = describeModel(facts)
  const onnx = exportModel(facts.result.model, facts.features, {
    version,
    metadata: { task: facts.signature.task, learner: facts.learner.kind },
  })
  writeFileSync(join(folder, 'model.onnx'), onnx)
  writeFileSync(join(folder, 'baton-model.json'), `${JSON.stringify(description, undefined, 2)}\n`)
  writeFileSync(join(folder, 'MLmodel'), mlmodelText(facts.signature, facts.features))
}

function describeModel(facts: ModelFacts): object {
  const { result } = facts
  const importance = new Map(result.importance.map(({ name, share }) => [name, share]))
  const features: FeatureNote[] = facts.features.map((feature) => ({
    name: feature.name,
    type: feature.type,
    importance: importance.get(feature.name) ?? 0,
    preprocessing: wordsFor(result.model, feature),
  }))
  return {
    format: 'baton-model/1',
    signature: facts.signature,
    onnx: { file: 'model.onnx', output: OUTPUT_NAME, opset: 17, mlOpset: 3 },
    learner: facts.learner,
    target: facts.target,
    rounds: result.rounds,
    validationLoss: result.validationLoss,
    trainRows: facts.trainRows,
    validationRows: facts.validationRows,
    refitted: facts.refitted,
    seed: facts.seed,
    features,
    versions: facts.versions,
  }
}

/** What happens to a raw column inside the model, in words. */
function wordsFor(model: FittedModel, feature: ModelFeature): string {
  switch (model.kind) {
    case 'constant':
      return 'not used'
    case 'boosted':
      return feature.kind === 'numeric'
        ? 'as it is; missing values take the side learned at each split'
        : `sets of categories (${feature.categories.length} known); missing and unseen ones share a side`
    case 'linear': {
      const term = model.numeric.find(({ name }) => name === feature.name)
      if (term === undefined) return 'one-hot; an unseen category adds nothing'
      const steps = [
        `missing → ${term.fill}${term.missingWeight === 0 ? '' : ' with an indicator'}`,
        ...(term.signedLog ? ['sign(x)·ln(1 + |x|)'] : []),
        `clipped to [${short(term.low)}, ${short(term.high)}]`,
        `standardised (mean ${short(term.mean)}, standard deviation ${short(term.scale === 0 ? 0 : 1 / term.scale)})`,
      ]
      return steps.join(', ')
    }
    case 'blended':
      return model.members.map((member) => `${member.kind}: ${wordsFor(member, feature)}`).join(' | ')
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)))
}
