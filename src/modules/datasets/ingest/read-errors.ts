import type { EngineFailure } from '../../../ports/table-engine.ts'
import { SourceError } from '../errors.ts'
import { notUtf8 } from './csv-dialect.ts'
import { physicalLine } from './physical-line.ts'

/** Turns what the engine says of a source file into the error that names the row; anything else stays as it is. */
export async function toReadError(error: unknown, path: string): Promise<unknown> {
  const said = (error as Partial<EngineFailure> | null)?.engineMessage
  if (said === undefined) return error
  const record = Number(/CSV Error on Line: (\d+)/.exec(said)?.[1])
  const line = Number.isInteger(record) ? await physicalLine(path, record) : record
  const where = Number.isInteger(line) ? { file: path, line } : { file: path }
  if (/not utf-8 encoded|Invalid unicode|byte sequence mismatch/i.test(said)) {
    return notUtf8(path, Number.isInteger(line) ? line : undefined)
  }
  const width = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(said)
  if (width) {
    // The engine stops at the first field too many.
    const isLong = Number(width[2]) > Number(width[1])
    const text = /Original Line: (.*)/.exec(said)?.[1] ?? ''
    return new SourceError(
      'ragged_row',
      `Line ${line} of ${path} has ${isLong ? `more than ${width[1]} fields` : `${width[2]} fields instead of ${width[1]}`}: ${text.slice(0, 200)}`,
      {
        hint: isLong
          ? 'Correct the line: a field with the delimiter in it must be in quotes.'
          : 'Correct the line: a value is missing, or a line break that is not in quotes has cut it.',
        where,
        cause: error,
      },
    )
  }
  if (/CSV Error/.test(said)) {
    return new SourceError('malformed_csv', `Line ${line} of ${path} cannot be read: ${said.split('\n')[2] ?? said}`, {
      hint: 'Correct the line: look for a quote that is not closed, or give the quote character: csv(path, { quote }).',
      where,
      cause: error,
    })
  }
  if (/Malformed JSON/i.test(said)) {
    const json = Number(/line (\d+)/i.exec(said)?.[1])
    return new SourceError('malformed_json', `${path} has a line that is not JSON: ${said.split('\n')[0]}`, {
      hint: 'Each line must be one whole JSON object.',
      where: Number.isInteger(json) ? { file: path, line: json } : { file: path },
      cause: error,
    })
  }
  if (/parquet|thrift|magic bytes/i.test(said) && path.endsWith('.parquet')) {
    return new SourceError('malformed_parquet', `${path} is not a whole Parquet file: ${said.split('\n')[0]}`, {
      hint: 'Copy or write the file again.',
      where,
      cause: error,
    })
  }
  return error
}
