import { posix } from 'node:path'

import { checkKey, fitValue } from '../tracking/index.ts'
import { InvalidAliasError, InvalidModelNameError, InvalidStageError, ReservedTagError } from './errors.ts'
import { gateTagPrefix, type Stage, stages } from './model-version.ts'

// What MLflow's validation allows (mlflow/utils/validation.py); a client may rely on all of it.
const nameCharacters = 256
const aliasCharacters = 255
const tagCharacters = 100_000

/** Throws unless MLflow's clients could name a model so. */
export function requireModelName(name: string): void {
  const plain =
    name.trim() !== '' &&
    name.length <= nameCharacters &&
    !/[/:\p{Cc}]/u.test(name) &&
    name !== '.' &&
    name !== '..' &&
    posix.normalize(name) === name
  if (!plain) throw new InvalidModelNameError(name)
}

/** Throws unless MLflow's clients could name an alias so; `latest` and `v7` would read as versions. */
export function requireAliasName(alias: string): void {
  const allowed = /^[\p{L}\p{N}_-]+$/u.test(alias) && alias.length <= aliasCharacters
  if (!allowed || /^(latest|v\d+)$/i.test(alias)) throw new InvalidAliasError(alias)
}

/** Throws for a tag that MLflow does not take, and for one that only the gate writes. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    checkTagKey(key)
    fitValue(value, { most: tagCharacters, what: `Tag '${key}'`, tooLong: 'refuse' })
  }
}

export function checkTagKey(key: string): void {
  checkKey(key, 'tag')
  if (key.startsWith(gateTagPrefix)) throw new ReservedTagError(key)
}

/** The stage in MLflow's writing; any case is taken. */
export function toStage(text: string): Stage {
  const stage = stages.find((each) => each.toLowerCase() === text.toLowerCase())
  if (stage === undefined) throw new InvalidStageError(text, stages)
  return stage
}
