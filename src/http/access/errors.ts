import { BatonError } from '../../kernel/errors.ts'

/** A browser was made to send this by another web site. */
export class ForeignOriginError extends BatonError {
  constructor(from: string) {
    super({
      code: 'http.foreign_origin',
      kind: 'denied',
      message: `Permission denied: the request came through ${from}.`,
      hint: 'Open the server under its own address; for other names turn authentication on (auth: true).',
      why: 'Any web page could otherwise read and change what is here, by the browser of whoever looks at it.',
    })
  }
}
