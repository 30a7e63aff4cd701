import { BatonError } from '../kernel/errors.ts'

/** Another program listens on this port. */
export class AddressInUseError extends BatonError {
  constructor(host: string, port: number) {
    super({
      code: 'http.address_in_use',
      kind: 'unavailable',
      message: `Another program listens on port ${port} of ${host}.`,
      hint: `Choose another port: baton up --port ${port + 1}; --port 0 takes a free one.`,
      details: { host, port },
    })
  }
}

/** The system does not let the server listen there. */
export class AddressNotAllowedError extends BatonError {
  constructor(address: string, cause: Error) {
    super({
      code: 'http.address_not_allowed',
      kind: 'unavailable',
      message: `The server cannot listen on ${address}: ${cause.message}.`,
      hint: 'Take an address of this machine, and a port above 1023.',
      details: { address },
      cause,
    })
  }
}

/** Without signing in, only this machine may reach the server. */
export class OpenToOthersError extends BatonError {
  constructor(host: string) {
    super({
      code: 'http.open_to_others',
      kind: 'usage',
      message: `The server would be reached from other machines at ${host}, and nobody has to sign in.`,
      hint: 'Turn authentication on (auth: true in baton.config.ts) and add yourself with "baton users add NAME --role admin", or leave --host out.',
      why: 'Whoever reaches it could read every artifact and change every model.',
      details: { host },
    })
  }
}
