import type { AliasEvent, ModelDetails, ModelVersion, RegisteredModel } from '../../../modules/models/index.ts'
import { describeContract } from '../../../modules/contracts/index.ts'
import type {
  AliasEvent as WireEvent,
  ModelDetail,
  ModelSummary,
  ModelVersion as WireVersion,
} from '../contract/model.ts'

export function toModelSummary(model: RegisteredModel): ModelSummary {
  const { name, description, tags, latestVersion, aliases, createdAt, updatedAt } = model
  return { name, description, tags, latestVersion, aliases, createdAt, updatedAt }
}

function toModelVersion(version: ModelVersion): WireVersion {
  const { model, version: number, origin, aliases, stage, description, tags, source, createdAt, runId } = version
  const facts = { model, version: number, origin, stage, description, tags, source, createdAt, aliases: [...aliases] }
  const made = runId === undefined ? facts : { ...facts, runId }
  if (version.origin === 'client') return { ...made, promises: [], hasReport: false }
  const { contract, judgement } = version
  return {
    ...made,
    digest: version.modelDigest,
    sizeBytes: version.sizeBytes,
    files: version.files,
    holds: judgement.holds,
    promises: judgement.promises.map((promise) => ({ ...promise })),
    contract: describeContract(contract),
    owners: contract.owners,
    task: contract.task,
    hasReport: true,
  }
}

export function toAliasEvent({ from, to, ...event }: AliasEvent): WireEvent {
  return { ...event, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

export function toModelDetail(model: ModelDetails): ModelDetail {
  return {
    ...toModelSummary(model),
    versions: model.versions.map(toModelVersion),
    history: model.history.map(toAliasEvent),
  }
}
