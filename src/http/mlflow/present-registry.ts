import type { RegisteredModel, VersionFacts } from '../../modules/models/index.ts'
import { toPairs, unlessEmpty } from './wire.ts'

function unlessAbsent(fields: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''))
}

/** A version as `ModelVersion`. */
export function presentVersion(version: VersionFacts): object {
  return {
    name: version.model,
    version: String(version.version),
    creation_timestamp: Date.parse(version.createdAt),
    last_updated_timestamp: Date.parse(version.updatedAt),
    current_stage: version.stage,
    source: version.source,
    status: version.status,
    ...unlessAbsent({
      user_id: version.user,
      description: version.description,
      run_id: version.runId,
      run_link: version.runLink,
      status_message: version.statusMessage,
      model_id: version.loggedModelId,
    }),
    ...unlessEmpty('tags', toPairs(version.tags)),
    ...unlessEmpty('aliases', version.aliases),
  }
}

/** A model as `RegisteredModel`, with the newest version of each stage. */
export function presentModel(model: RegisteredModel, latest: readonly VersionFacts[]): object {
  const aliases = Object.entries(model.aliases).map(([alias, version]) => ({ alias, version: String(version) }))
  return {
    name: model.name,
    creation_timestamp: Date.parse(model.createdAt),
    last_updated_timestamp: Date.parse(model.updatedAt),
    ...unlessAbsent({ user_id: model.user, description: model.description }),
    ...unlessEmpty('latest_versions', latest.map(presentVersion)),
    ...unlessEmpty('tags', toPairs(model.tags)),
    ...unlessEmpty('aliases', aliases),
  }
}
