import type { QualityReport } from '../contract.ts'

export async function renderQualityReport(report: QualityReport): Promise<string> {
  return `<!doctype html><meta charset="utf-8"><title>${report.verdict.holds}</title>`
}
